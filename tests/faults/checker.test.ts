import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { check, type Verdict } from './checker.ts';
import type { Kind } from './findings.ts';
import { FileRecorder, type HistoryLine, type LineOf, readHistory } from './history.ts';
import { Plot } from './plot.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** What was found: the kinds that are not empty, with their counts. */
function found(lines: readonly HistoryLine[]): Partial<Record<Kind, number>> {
  const { counts, good } = check(lines);
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  assert.equal(good, some.length === 0);
  return Object.fromEntries(some);
}

/** Plants something in good histories of several seeds; that is found, and nothing else. */
function planted(name: string, kind: Kind, plant: (story: Plot) => HistoryLine[], count = 1): void {
  test(name, () => {
    for (const seed of SEEDS) assert.deepEqual(found(plant(new Plot(seed))), { [kind]: count }, `seed ${seed}`);
  });
}

const is =
  <E extends HistoryLine['e']>(e: E) =>
  (line: HistoryLine): line is LineOf<E> =>
    line.e === e;

describe('a good history', () => {
  test('has no findings', () => {
    for (const seed of SEEDS) assert.deepEqual(found(new Plot(seed).lines), {}, `seed ${seed}`);
  });

  test('is long enough to hold everything that is judged', () => {
    for (const seed of SEEDS) {
      const { totals } = check(new Plot(seed).lines);
      assert.ok(totals.acked > 60 && totals.refused > 0 && totals.reads > 5 && totals.views > 8, `seed ${seed}`);
      assert.ok(totals.received > 300, `seed ${seed}`);
      const turns = new Plot(seed).lines.filter(is('member'));
      assert.ok(turns.some((turn) => !turn.in));
    }
  });

  test('reads the same from a file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'history-'));
    try {
      const { lines } = new Plot(1);
      const recorder = new FileRecorder(join(dir, 'history.jsonl'));
      for (const line of lines) recorder.put(line);
      recorder.close();
      assert.deepEqual([...readHistory(join(dir, 'history.jsonl'))], lines);
      assert.deepEqual(check(readHistory(join(dir, 'history.jsonl'))), check(lines));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('what is planted is found, and nothing else', () => {
  planted('an acknowledged message that is not in the log', 'lost', (story) => story.lose());
  planted('a message that its client forgot', 'lost', (story) => story.forget());
  planted('a message stored twice', 'doubled', (story) => story.storeTwice());
  planted('a message shown twice', 'doubled', (story) =>
    story.change('view', (view) => {
      const [seq, digest] = view.events.at(-1) ?? [0, ''];
      return { ...view, events: [...view.events, [seq, digest]] };
    }),
  );
  planted('a message shown as waiting although it is sent', 'doubled', (story) =>
    story.change('view', (view) => {
      const [, digest = ''] = view.events.findLast(([, one]) => one !== '') ?? [];
      return { ...view, pending: [digest] };
    }),
  );
  planted('two messages shown in the wrong order', 'reordered', (story) =>
    story.change('view', (view) => {
      const events = [...view.events];
      const two = events.splice(-2);
      return { ...view, events: [...events, ...two.reverse()] };
    }),
  );
  planted('two messages of a client stored in the wrong order', 'reordered', (story) => story.swapSent());
  planted('a message stored before one that was acknowledged before it was begun', 'reordered', (story) =>
    story.beginLate(),
  );
  planted('a last message that a client does not show', 'tail_lost', (story) =>
    story.change('view', (view) => ({ ...view, events: view.events.slice(0, -1) })),
  );
  planted('a room that a member does not show at all', 'tail_lost', (story) => story.change('view', () => undefined));
  planted('a message missing in the middle of what a client shows', 'view_holes', (story) =>
    story.change('view', (view) => ({ ...view, events: view.events.filter((_, i) => i !== 2) })),
  );
  planted('an event received after the removal', 'after_removal', (story) => story.receiveWhileOut());
  planted('an event received between removal and return', 'after_removal', (story) => story.receiveBeforeReturn());
  planted('history told after the removal', 'after_removal', (story) => story.readWhileOut());
  planted('a message stored with other bytes', 'corrupted', (story) => story.corrupt());
  planted('a message received with other bytes', 'corrupted', (story) =>
    story.change('recv', (recv) => ({ ...recv, digest: 'feedfeedfeedfeed' }), story.hasBody),
  );
  planted('a message received as of another author', 'corrupted', (story) =>
    story.change('recv', (recv) => ({ ...recv, sender: '999' }), story.hasBody),
  );
  planted('a refused message that is in the log', 'unexpected', (story) => story.refuseStored());
  planted('a message in the log that nobody sent', 'unexpected', (story) => story.inventStored());
  planted('an event received that the log does not have', 'unexpected', (story) =>
    story.change('recv', (recv) => ({ ...recv, seq: 100_000 }), story.isSteady),
  );
  planted('a message stored while its author was out of the room', 'unexpected', (story) => story.storeWhileOut());
  planted('a hole in the log', 'log_holes', (story) => story.holeInLog());
  planted('a head beyond the last event', 'log_holes', (story) => story.headBeyond());
  planted('an ack with a wrong place', 'wrong_ack', (story) => story.ackWrongly());
  planted('a second ack that says something else', 'wrong_ack', (story) => story.ackAgain());
  planted('an ack of what was never sent', 'wrong_ack', (story) => story.ackNever());
  planted('a gateway that tells another log', 'log_differs', (story) =>
    story.change(
      'log',
      (log) => ({ ...log, events: log.events.map((one, i) => (i === 4 ? [one[0], one[1], '', 'feed'] : one)) }),
      (log) => log.via === 'gw-1',
    ),
  );
  planted('a gateway whose log ends early', 'log_differs', (story) =>
    story.change(
      'log',
      (log) => ({ ...log, events: log.events.slice(0, -1) }),
      (log) => log.via === 'gw-0',
    ),
  );
  planted('a history answer without what was acknowledged before', 'stale_read', (story) => story.readStale());
  planted('a room without a log of the database', 'incomplete', (story) =>
    story.change(
      'log',
      () => undefined,
      (log) => log.via === 'gw-1',
    ),
  );
  planted('a record without views', 'incomplete', (story) => story.lines.filter((line) => line.e !== 'view'));
});

describe('a database that was put back on purpose', () => {
  test('excuses what the backup does not have', () => {
    for (const seed of SEEDS) assert.deepEqual(found(new Plot(seed).restored(true)), {}, `seed ${seed}`);
  });

  test('excuses nothing that is not said to be lost by it', () => {
    for (const seed of SEEDS) {
      const { counts } = check(new Plot(seed).restored(false));
      assert.ok(counts.lost > 0, `seed ${seed}`);
    }
  });
});

describe('the rows of the faults', () => {
  test('say what happened to the messages that were begun in each', () => {
    const { lines, end } = new Plot(1);
    const invokes = lines.filter(is('invoke'));
    const at = invokes[Math.floor(invokes.length / 2)]?.at ?? 0;
    const fault = (name: string, phase: 'begin' | 'healed' | 'recovered', when: number): HistoryLine => ({
      e: 'fault',
      at: when,
      name,
      phase,
    });
    const told: HistoryLine[] = [
      fault('pg-kill', 'begin', at),
      fault('pg-kill', 'healed', at + 30),
      fault('pg-kill', 'recovered', at + 50),
      fault('redis-cut', 'begin', end),
    ];
    const verdict: Verdict = check([...told, ...lines]);
    const [first, second] = verdict.faults;
    assert.equal(first?.name, 'pg-kill');
    assert.equal(first?.lasted_ms, 30);
    assert.equal(first?.recovered_ms, 20);
    assert.equal(first?.sent, invokes.filter((one) => one.at >= at && one.at <= at + 50).length);
    assert.ok((first?.acked ?? 0) > 0 && (first?.ack_p99 ?? 0) > 0);
    assert.deepEqual(first?.found, {});
    assert.equal(second?.name, 'redis-cut');
    assert.equal(second?.recovered_ms, undefined);
  });

  test('say what was found of the messages that were begun in each', () => {
    const story = new Plot(2);
    const lines = story.lose();
    const { examples } = check(lines);
    const at = examples.lost[0]?.at ?? 0;
    const fault: HistoryLine = { e: 'fault', at: at - 1, name: 'pg-kill', phase: 'begin' };
    const verdict = check([fault, ...lines]);
    assert.deepEqual(verdict.faults[0]?.found, { lost: 1 });
    assert.deepEqual(verdict.examples.lost[0]?.during, ['pg-kill']);
  });
});
