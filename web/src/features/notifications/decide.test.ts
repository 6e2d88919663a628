import { describe, expect, test } from 'vitest';
import { type Call, type Decision, decide, type Level, levelOf, type Situation } from './decide';

const CALLS: Call[] = ['mention', 'keyword', 'thread', 'direct', 'plain'];
const LEVELS: Level[] = ['all', 'mentions', 'none'];

/** What a message does where nothing is in its way: A an alert, then - nothing, . a dot, # a number. */
const TABLE: Record<Level, Record<Call, string>> = {
  all: { mention: 'A#', keyword: 'A#', thread: 'A#', direct: 'A#', plain: 'A.' },
  mentions: { mention: 'A#', keyword: 'A#', thread: 'A#', direct: ' .', plain: ' .' },
  none: { mention: ' .', keyword: ' .', thread: ' -', direct: ' -', plain: ' -' },
};
const BADGES: Record<string, Decision['badge']> = { '-': 'none', '.': 'dot', '#': 'count' };

const FREE: Omit<Situation, 'call' | 'level'> = {
  muted: false,
  dnd: false,
  looking: false,
  own: false,
  blocked: false,
  late: false,
};

/** Everything that can be so or not, in each of its combinations. */
function situations(): (typeof FREE)[] {
  const keys = Object.keys(FREE) as (keyof typeof FREE)[];
  return Array.from({ length: 2 ** keys.length }, (_, bits) => {
    const one = { ...FREE };
    for (const [at, key] of keys.entries()) one[key] = (bits & (1 << at)) !== 0;
    return one;
  });
}

describe.each(LEVELS)('at the level %s', (level) => {
  test.each(CALLS)('%s', (call) => {
    const cell = TABLE[level][call];
    const badge = BADGES[cell[1] ?? ''];
    for (const so of situations()) {
      const nothing = so.own || so.blocked || so.muted;
      const alert = cell[0] === 'A' && !nothing && !so.dnd && !so.looking && !so.late;
      expect(decide({ ...so, call, level }), JSON.stringify(so)).toEqual({ alert, badge: nothing ? 'none' : badge });
    }
  });
});

test('a room has its own level, people I talk with directly all, and other rooms my default', () => {
  expect(levelOf({ kind: 'public' }, 'mentions')).toBe('mentions');
  expect(levelOf({ kind: 'private' }, 'none')).toBe('none');
  expect(levelOf({ kind: 'dm' }, 'none')).toBe('all');
  expect(levelOf({ kind: 'group' }, 'mentions')).toBe('all');
  expect(levelOf({ kind: 'dm', notify: 'none' }, 'all')).toBe('none');
  expect(levelOf({ kind: 'public', notify: 'all' }, 'none')).toBe('all');
});
