import { beforeEach, describe, expect, test } from 'vitest';
import { anEvent, FakeClock, settled } from '@/testing/fakes';
import { ApiError } from './error';
import { AT_END_EVENTS, GAP_WAIT_MS, MAX_EVENTS, PAGE_EVENTS, type Page, RoomLog } from './room_log';

let clock: FakeClock;
let head: number;
let asked: { after?: number; before?: number; limit: number }[];
let broken: boolean;
let refused: boolean;
let log: RoomLog;

function page(query: { after?: number; before?: number; limit: number }): Page {
  const { after, before, limit } = query;
  const from = after === undefined ? Math.max(1, (before ?? head + 1) - limit) : after + 1;
  const to = after === undefined ? Math.min(head, (before ?? head + 1) - 1) : Math.min(head, after + limit);
  const events = [];
  for (let seq = from; seq <= to; seq++) events.push(anEvent(seq));
  const complete = after === undefined ? from <= 1 : to >= head;
  return { room: '1', from, to, head, n: head, events, complete };
}

beforeEach(() => {
  clock = new FakeClock();
  head = 0;
  asked = [];
  broken = false;
  refused = false;
  log = new RoomLog(async (query) => {
    asked.push(query);
    if (refused) throw new ApiError('not_member', 'Join the room first.', 403);
    if (broken) throw new ApiError('network', 'No connection.');
    return page(query);
  }, clock);
});

function seqs(): number[] {
  return log.view.get().events.map((event) => event.seq);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** Somebody writes: the log's head grows; the event is returned, not delivered. */
function write() {
  return anEvent(++head);
}

describe('a room’s log', () => {
  test('opens with the newest page and grows with each event', async () => {
    head = 100;
    await log.openNewest();
    expect(seqs()).toEqual(range(41, 100));
    log.apply(write());
    expect(seqs().at(-1)).toBe(101);
    expect(log.view.get()).toMatchObject({ status: 'ready', at_end: true, at_start: false });
  });

  test('shows each event once, however often it comes', async () => {
    head = 3;
    await log.openNewest();
    const event = write();
    for (let time = 0; time < 3; time++) log.apply(event);
    log.apply(anEvent(2));
    expect(seqs()).toEqual([1, 2, 3, 4]);
  });

  test('puts events that change places in order', async () => {
    await log.openNewest();
    const [one, two, three] = [write(), write(), write()];
    log.apply(three);
    log.apply(two);
    expect(seqs()).toEqual([]);
    expect(log.view.get().ahead.map((event) => event.seq)).toEqual([2, 3]);
    log.apply(one);
    expect(seqs()).toEqual([1, 2, 3]);
    expect(log.view.get().ahead).toEqual([]);
    await clock.pass(GAP_WAIT_MS * 2);
    expect(asked).toHaveLength(1);
  });

  test('fetches what stays missing, and never shows the event behind it before', async () => {
    head = 5;
    await log.openNewest();
    write();
    write();
    log.apply(write());
    expect(seqs()).toEqual(range(1, 5));
    await clock.pass(GAP_WAIT_MS - 1);
    expect(asked).toHaveLength(1);
    await clock.pass(1);
    expect(asked.at(-1)).toMatchObject({ after: 5 });
    expect(seqs()).toEqual(range(1, 8));
  });

  test('finds a lost last event by the head alone', async () => {
    head = 2;
    await log.openNewest();
    write();
    log.noteHead(head, false);
    await clock.pass(GAP_WAIT_MS);
    expect(seqs()).toEqual([1, 2, 3]);
  });

  test('fills what a reconnect missed at once, page after page', async () => {
    head = 10;
    await log.openNewest();
    for (let more = 0; more < 450; more++) write();
    log.noteHead(head, true);
    await settled();
    expect(seqs()).toEqual(range(1, 460));
  });

  test('begins again at the end when too much was missed', async () => {
    head = 10;
    await log.openNewest();
    head = 5_000;
    log.noteHead(head, true);
    await settled();
    expect(seqs()).toEqual(range(4_941, 5_000));
    expect(log.view.get().at_start).toBe(false);
  });

  test('asks again, later each time, while a gap cannot be filled', async () => {
    head = 1;
    await log.openNewest();
    broken = true;
    write();
    log.apply(write());
    await clock.pass(GAP_WAIT_MS);
    await clock.pass(20_000);
    const tries = asked.length;
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(12);
    broken = false;
    await clock.pass(20_000);
    expect(seqs()).toEqual([1, 2, 3]);
  });

  test('loads older pages down to the first event', async () => {
    head = 150;
    await log.openNewest();
    await log.loadOlder();
    await log.loadOlder();
    expect(seqs()).toEqual(range(1, 150));
    expect(log.view.get().at_start).toBe(true);
    await log.loadOlder();
    expect(asked).toHaveLength(3);
  });

  test('says that older ones could not be loaded, and tries again when asked', async () => {
    head = 150;
    await log.openNewest();
    broken = true;
    await log.loadOlder();
    expect(log.view.get().older).toBe('failed');
    broken = false;
    await log.loadOlder();
    expect(log.view.get().older).toBe('idle');
    expect(seqs()[0]).toBe(31);
  });

  test('keeps a bounded run: going up lets go of the end, going down of the beginning', async () => {
    head = 2_000;
    await log.openNewest();
    for (let turn = 0; turn < 12; turn++) await log.loadOlder();
    expect(seqs()).toHaveLength(MAX_EVENTS);
    expect(log.view.get().at_end).toBe(false);
    log.apply(write());
    expect(seqs().at(-1)).toBeLessThan(2_000);
    for (let turn = 0; turn < 20; turn++) await log.loadNewer();
    expect(log.view.get().at_end).toBe(true);
    expect(seqs()).toEqual(range(2_001 - MAX_EVENTS + 1, 2_001));
    log.apply(write());
    expect(seqs().at(-1)).toBe(2_002);
  });

  test('lets go of what is far above a reader at the end, a page at once', async () => {
    head = 2_000;
    await log.openNewest();
    for (let turn = 0; turn < 3; turn++) await log.loadOlder();
    const held = seqs().length;
    expect(held).toBeGreaterThan(AT_END_EVENTS + PAGE_EVENTS);
    log.trimOlder();
    expect(seqs()).toEqual(range(2_001 - AT_END_EVENTS, 2_000));
    expect(log.view.get()).toMatchObject({ at_start: false, at_end: true });
    for (let more = 0; more < PAGE_EVENTS; more++) log.apply(write());
    log.trimOlder();
    expect(seqs()).toHaveLength(AT_END_EVENTS + PAGE_EVENTS);
    log.apply(write());
    log.trimOlder();
    expect(seqs()).toHaveLength(AT_END_EVENTS);
    await log.loadOlder();
    expect(seqs()).toHaveLength(AT_END_EVENTS + PAGE_EVENTS);
  });

  test('opens around a far event, with context on both sides', async () => {
    head = 9_000;
    await log.openAround(5_000);
    expect(seqs()).toContain(5_000);
    expect(seqs().filter((seq) => seq < 5_000).length).toBeGreaterThanOrEqual(20);
    expect(seqs().filter((seq) => seq > 5_000).length).toBeGreaterThanOrEqual(20);
    expect(log.view.get()).toMatchObject({ at_start: false, at_end: false });
    log.apply(write());
    expect(seqs()).not.toContain(9_001);
    await log.openNewest();
    expect(seqs().at(-1)).toBe(9_001);
  });

  test('takes in what comes while the first page is on its way', async () => {
    head = 3;
    const opening = log.openNewest();
    log.apply(write());
    log.apply(write());
    await opening;
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  test('tries a first page again by itself, and says so only when that goes on', async () => {
    broken = true;
    await log.openNewest();
    expect(log.view.get().status).toBe('loading');
    await clock.pass(5_000);
    expect(log.view.get()).toMatchObject({ status: 'failed', code: 'network' });
    broken = false;
    await clock.pass(15_000);
    expect(log.view.get().status).toBe('ready');
  });

  test('does not try again what was definitely refused', async () => {
    refused = true;
    await log.openNewest();
    expect(log.view.get()).toMatchObject({ status: 'failed', code: 'not_member' });
    await clock.pass(60_000);
    expect(asked).toHaveLength(1);
  });

  test('drops answers that were asked for before it was cleared', async () => {
    head = 50;
    const opening = log.openNewest();
    log.clear();
    await opening;
    expect(log.view.get().status).toBe('empty');
  });

  test('keeps little of a room nobody looks at, and stays ready for what comes', async () => {
    head = 400;
    await log.openNewest();
    for (let turn = 0; turn < 4; turn++) await log.loadOlder();
    log.rest();
    expect(seqs().length).toBeLessThanOrEqual(PAGE_EVENTS * 2);
    log.apply(write());
    expect(seqs().at(-1)).toBe(401);
  });

  test('has no hole, no double and no disorder, whatever is lost, doubled and delayed', async () => {
    let seed = 11;
    const chance = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    await log.openNewest();
    const delayed: ReturnType<typeof write>[] = [];
    for (let step = 0; step < 600; step++) {
      const event = write();
      const fate = chance();
      if (fate < 0.6) log.apply(event);
      else if (fate < 0.8) delayed.push(event);
      else if (fate < 0.9) {
        log.apply(event);
        log.apply(event);
      }
      if (delayed.length > 0 && chance() < 0.5) {
        const one = delayed.splice(Math.floor(chance() * delayed.length), 1)[0];
        if (one !== undefined) log.apply(one);
      }
      if (chance() < 0.05) await clock.pass(700);
      const now = seqs();
      expect(now).toEqual(range(now[0] ?? 1, now.at(-1) ?? 0));
    }
    log.noteHead(head, false);
    await clock.pass(GAP_WAIT_MS * 4);
    expect(seqs().at(-1)).toBe(head);
  });
});
