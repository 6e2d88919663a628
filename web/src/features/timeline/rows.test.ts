import { describe, expect, test } from 'vitest';
import type { OutboxEntry } from '@/client/outbox_store';
import { anEvent } from '@/testing/fakes';
import { buildRows, GROUP_MS, lastOfStates, type Row } from './rows';

const NOON = new Date(2026, 10, 21, 12, 0).getTime();
const none = { ahead: [], local: [], me: '7', divider: undefined };

function entry(cmid: string, part: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    v: 2,
    kind: 'text',
    cmid,
    user: '7',
    device: 'd1',
    room: '1',
    body: cmid,
    at: NOON,
    order: 1,
    state: 'pending',
    ...part,
  };
}

function shape(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    if (row.kind !== 'message') return row.kind;
    return `${row.head ? 'head' : 'more'} ${row.body}${row.state === 'sent' ? '' : ` ${row.state}`}`;
  });
}

test('of a conversation of two it goes without saying who made it and who is in it', () => {
  const events = (['created', 'added', 'message', 'left'] as const).map((type, at) =>
    anEvent(at + 1, { type, ts: NOON }),
  );
  expect(shape(buildRows({ ...none, events }))).toEqual(['day', 'system', 'system', 'head m3', 'system']);
  expect(shape(buildRows({ ...none, events, of_two: true }))).toEqual(['day', 'head m3', 'system']);
});

describe('the states of my messages', () => {
  const mine = [1, 2, 3].map((seq) => anEvent(seq, { ts: NOON, sender: '7' }));

  test('follow what others have received and read', () => {
    const rows = buildRows({ ...none, events: mine, local: [entry('c')], delivered_to: 2, read_to: 1 });
    const states = rows.flatMap((row) => (row.kind === 'message' ? [row.state] : []));
    expect(states).toEqual(['read', 'delivered', 'sent', 'pending']);
  });

  test('are not those of others', () => {
    const rows = buildRows({ ...none, events: [anEvent(1, { ts: NOON })], delivered_to: 1, read_to: 1 });
    expect(rows.at(-1)).toMatchObject({ state: 'sent' });
  });

  test('only go on as the positions of others do', () => {
    const order = ['sent', 'delivered', 'read'];
    let before = [0, 0, 0];
    for (const [delivered_to, read_to] of [0, 1, 2, 3].flatMap((to) =>
      [to - 1, to].map((read) => [to, read] as const),
    )) {
      const rows = buildRows({ ...none, events: mine, delivered_to, read_to });
      const states = rows.flatMap((row) => (row.kind === 'message' ? [order.indexOf(row.state)] : []));
      for (const [at, state] of states.entries()) expect(state).toBeGreaterThanOrEqual(before[at] ?? 0);
      before = states;
    }
    expect(before).toEqual([2, 2, 2]);
  });

  test('are those of their place also while an earlier event is missing', () => {
    const ahead = [4, 5].map((seq) => anEvent(seq, { cmid: `c${seq}`, sender: '7', ts: NOON }));
    const rows = buildRows({ ...none, events: mine, ahead, delivered_to: 4, read_to: 3 });
    expect(rows.slice(-2)).toMatchObject([{ state: 'delivered' }, { state: 'sent' }]);
  });

  test('of two tabs’ rows are pending for as long as no tab has failed or stored them', () => {
    const local = [entry('a', { device: 'd1' }), entry('b', { device: 'd2' }), entry('c', { state: 'failed' })];
    const rows = buildRows({ ...none, events: [], local, delivered_to: 9, read_to: 9 });
    expect(rows.slice(1)).toMatchObject([{ state: 'pending' }, { state: 'pending' }, { state: 'failed' }]);
  });

  test('show where one becomes another', () => {
    const rows = buildRows({ ...none, events: mine, delivered_to: 3, read_to: 2 });
    expect([...lastOfStates(rows, '7')]).toEqual(['s2', 's3']);
  });
});

describe('the rows of a timeline', () => {
  test('group what one person writes within five minutes', () => {
    const events = [
      anEvent(1, { ts: NOON }),
      anEvent(2, { ts: NOON + GROUP_MS }),
      anEvent(3, { ts: NOON + GROUP_MS * 2 + 1 }),
      anEvent(4, { ts: NOON + GROUP_MS * 2 + 2, sender: '9' }),
    ];
    expect(shape(buildRows({ ...none, events }))).toEqual(['day', 'head m1', 'more m2', 'head m3', 'head m4']);
  });

  test('begin each day anew, in the reader’s time zone', () => {
    const midnight = new Date(2026, 10, 21).getTime();
    const events = [anEvent(1, { ts: midnight - 1 }), anEvent(2, { ts: midnight })];
    expect(shape(buildRows({ ...none, events }))).toEqual(['day', 'head m1', 'day', 'head m2']);
  });

  test('keep the key of a message from pending to stored', () => {
    const [, pending] = buildRows({ ...none, events: [], local: [entry('c1')] });
    const [, stored] = buildRows({ ...none, events: [anEvent(1, { cmid: 'c1', sender: '7' })] });
    expect(pending?.key).toBe('c1');
    expect(stored?.key).toBe('c1');
  });

  test('show a message once when it is in the log and still in the outbox', () => {
    const events = [anEvent(1, { cmid: 'c1', sender: '7', ts: NOON })];
    const rows = buildRows({ ...none, events, local: [entry('c1'), entry('c2')] });
    expect(shape(rows)).toEqual(['day', 'head m1', 'more c2 pending']);
  });

  test('show my stored message while an earlier event is missing, after the run', () => {
    const ahead = [anEvent(4, { ts: NOON }), anEvent(5, { cmid: 'c5', sender: '7', ts: NOON })];
    const rows = buildRows({ ...none, events: [anEvent(1, { ts: NOON })], ahead });
    expect(shape(rows)).toEqual(['day', 'head m1', 'head m5']);
  });

  test('put the divider above the first message of others behind the read position', () => {
    const events = [
      anEvent(1, { ts: NOON }),
      anEvent(2, { ts: NOON, sender: '7' }),
      anEvent(3, { ts: NOON, type: 'joined', sender: '9' }),
      anEvent(4, { ts: NOON }),
      anEvent(5, { ts: NOON }),
    ];
    expect(shape(buildRows({ ...none, events, divider: 1 }))).toEqual([
      'day',
      'head m1',
      'head m2',
      'system',
      'new',
      'head m4',
      'more m5',
    ]);
    expect(shape(buildRows({ ...none, events, divider: 5 }))).not.toContain('new');
    // What is new begins before what is held: the place is not here.
    expect(shape(buildRows({ ...none, events: events.slice(3), divider: 1 }))).not.toContain('new');
  });

  test('put people who join one after the other in one line', () => {
    const events = [
      anEvent(1, { ts: NOON, type: 'joined', sender: '8' }),
      anEvent(2, { ts: NOON, type: 'joined', sender: '9' }),
      anEvent(3, { ts: NOON, type: 'left', sender: '9' }),
    ];
    expect(shape(buildRows({ ...none, events }))).toEqual(['day', 'system', 'system']);
  });

  test('draw nothing of what happened to messages, and replies in their thread only', () => {
    const events = [
      anEvent(1, { ts: NOON }),
      anEvent(2, { ts: NOON, type: 'reply', about: 1, sender: '9' }),
      anEvent(3, { ts: NOON, type: 'reacted', about: 1, sender: '9', data: { emoji: '👍', on: true } }),
      anEvent(4, { ts: NOON, type: 'edited', about: 1 }),
      anEvent(5, { ts: NOON, type: 'pinned', about: 1, data: { on: true } }),
      anEvent(6, { ts: NOON, type: 'deleted', about: 2 }),
      anEvent(7, { ts: NOON }),
    ];
    const rows = buildRows({ ...none, events });
    expect(shape(rows)).toEqual(['day', 'head m1', 'more m7']);
    expect(rows[1]).toMatchObject({ repliers: '9' });
    expect(shape(buildRows({ ...none, said: 'reply', events: events.slice(1, 2) }))).toEqual(['day', 'head m2']);
  });

  test('give an answer with a quote a head of its own, under way as well as stored', () => {
    const events = [anEvent(1, { ts: NOON, sender: '7' }), anEvent(2, { ts: NOON, sender: '7', data: { quote: 1 } })];
    const rows = buildRows({ ...none, events, local: [entry('c1', { quote: 1 }), entry('c2')] });
    expect(shape(rows)).toEqual(['day', 'head m1', 'head m2', 'head c1 pending', 'more c2 pending']);
    expect(rows.slice(2, 4)).toMatchObject([{ quote: 1 }, { quote: 1 }]);
  });

  test('say which message failed and why', () => {
    const rows = buildRows({ ...none, events: [], local: [entry('c1', { state: 'failed', code: 'forbidden' })] });
    expect(rows[1]).toMatchObject({ state: 'failed', code: 'forbidden', cmid: 'c1' });
  });

  test('do not open a day that is over for a clock that runs behind', () => {
    const events = [anEvent(1, { ts: NOON })];
    const rows = buildRows({ ...none, events, local: [entry('c1', { at: NOON - 86_400_000 })] });
    expect(shape(rows)).toEqual(['day', 'head m1', 'head c1 pending']);
  });
});
