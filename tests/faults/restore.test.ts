import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from './checker.ts';
import type { HistoryLine, LineOf } from './history.ts';

const room = '1';
const turn = (at: number, user: string, seq: number, comes: boolean, since = 0): LineOf<'member'> => ({
  e: 'member',
  at,
  since,
  user,
  room,
  seq,
  in: comes,
});

/** Ben leaves, is added again, reads what was said meanwhile; then a backup is restored that lacks his coming back. */
function story(told: readonly HistoryLine[]): HistoryLine[] {
  const digest = '0123456789abcdef';
  const events: LineOf<'log'>['events'] = [
    [1, 'ada', '', ''],
    [2, 'ada', '', ''],
    [3, 'ben', '', ''],
    [4, 'ada', 'm1', digest],
  ];
  const shown = events.map(([seq, , , body]): [number, string] => [seq, body]);
  return [
    { e: 'run', at: 0, seed: 1, commit: 'none', clients: 2, rooms: 1 },
    turn(1, 'ada', 1, true),
    turn(1, 'ben', 2, true),
    turn(10, 'ben', 3, false),
    { e: 'invoke', at: 20, c: 'c0', user: 'ada', room, cmid: 'm1', digest },
    { e: 'ok', at: 21, c: 'c0', cmid: 'm1', room, seq: 4 },
    { e: 'recv', at: 50, c: 'c1', user: 'ben', room, seq: 4, type: 'message', sender: 'ada', digest },
    ...told,
    { e: 'epoch', at: 100, lost: [], heads: { [room]: 4 } },
    { e: 'view', at: 200, c: 'c0', user: 'ada', room, events: shown, pending: [] },
    { e: 'log', at: 201, via: 'pg', room, head: 4, events },
  ];
}

test('who was in until a restore took that back may have read', () => {
  assert.equal(check(story([turn(99, 'ben', 5, true, 40)])).counts.after_removal, 0);
});
test('who came in only after what he was given is found all the same', () => {
  assert.equal(check(story([turn(99, 'ben', 5, true, 60)])).counts.after_removal, 1);
});
test('who never came in is found', () => {
  assert.equal(check(story([])).counts.after_removal, 1);
});

/** An event at a place that the backup does not have, received a moment after the restore. */
const late: HistoryLine = {
  e: 'recv',
  at: 110,
  c: 'c1',
  user: 'ada',
  room,
  seq: 9,
  type: 'message',
  sender: 'ada',
  digest: 'x',
};

test('what lay on the way to a client that was connected before the restore was true then', () => {
  const told = story([{ e: 'welcome', at: 90, c: 'c1' }, turn(99, 'ben', 5, true, 40)]);
  told.splice(-2, 0, late);
  assert.equal(check(told).counts.unexpected, 0);
});
test('what comes over a connection welcomed after the restore is of the log', () => {
  const told = story([{ e: 'welcome', at: 90, c: 'c1' }, turn(99, 'ben', 5, true, 40)]);
  told.splice(-2, 0, { e: 'welcome', at: 105, c: 'c1' }, late);
  assert.equal(check(told).counts.unexpected, 1);
});

test('an ack that lay on the way during the restore asks nothing of the log behind it', () => {
  const digest = '0123456789abcdef';
  const told = story([{ e: 'welcome', at: 90, c: 'c0' }, turn(99, 'ben', 5, true, 40)]);
  told.splice(
    -2,
    0,
    { e: 'ok', at: 110, c: 'c0', cmid: 'm1', room, seq: 9 },
    { e: 'read', at: 121, since: 120, c: 'c0', user: 'ada', room, via: 'rest', head: 4 },
    { e: 'invoke', at: 130, c: 'c0', user: 'ada', room, cmid: 'm2', digest },
  );
  const { counts } = check(told);
  assert.equal(counts.stale_read, 0);
  assert.equal(counts.reordered, 0);
});
