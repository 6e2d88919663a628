import { describe, expect, test } from 'vitest';
import type { Room } from '@/protocol/ops.gen';
import { anEvent, aRoom, aUser } from '@/testing/fakes';
import { findHits } from './hits';

const rooms = [
  aRoom('1', { name: 'general' }),
  aRoom('2', { name: 'launch' }),
  aRoom('3', { name: 'lunch', n: 4, read_n: 1 }),
  aRoom('4', { kind: 'dm', name: '', peer: aUser('8', 'José Álvarez') }),
];
const users = [aUser('7', 'Ada'), aUser('8', 'José Álvarez'), aUser('9', 'Launa')];
const search = { rooms, users, recent: [] as string[], me: '7' };

function names(query: string, part: Partial<typeof search> = {}): string[] {
  return findHits({ ...search, ...part, query })
    .filter((hit) => hit.search === undefined)
    .map((hit) => hit.name);
}

describe('the switcher', () => {
  test('finds rooms and people by parts, without accents and signs', () => {
    expect(names('jose')).toEqual(['José Álvarez']);
    expect(names('#laun').sort()).toEqual(['Launa', 'launch']);
    expect(names('lnch')).toEqual(['lunch', 'launch']);
    expect(names('nobody')).toEqual([]);
  });

  test('puts what is unread first, then what was looked at last', () => {
    expect(names('', { recent: ['2', '1'] }).slice(0, 3)).toEqual(['lunch', 'launch', 'general']);
  });

  test('offers each person once, and never myself', () => {
    expect(names('').filter((name) => name === 'José Álvarez')).toHaveLength(1);
    expect(names('')).not.toContain('Ada');
  });

  test('puts what was written in last before the rest', () => {
    const last = (ts: number): Partial<Room> => ({ last: anEvent(1, { ts }) });
    const silent = [
      aRoom('1', { name: 'a' }),
      aRoom('2', { name: 'b', ...last(5) }),
      aRoom('3', { name: 'c', ...last(9) }),
    ];
    expect(names('', { rooms: silent, users: [] })).toEqual(['c', 'b', 'a']);
  });

  test.each(['luanch', 'lanch', 'launcch', 'laumch'])('forgives a slip: %s', (slip) => {
    expect(names(slip)).toContain('launch');
    expect(names(slip)).not.toContain('general');
  });

  test('offers to look in messages, behind everything that is called so', () => {
    expect(findHits({ ...search, query: ' lunch ' }).at(-1)).toMatchObject({ search: 'lunch', note: 'in messages' });
    expect(findHits({ ...search, query: '' }).some((hit) => hit.search !== undefined)).toBe(false);
  });
});
