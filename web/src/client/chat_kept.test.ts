import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  asked,
  chat,
  clock,
  deliver,
  last,
  logs,
  prepare,
  resumed,
  server,
  startChat,
  store,
} from '@/testing/chat_bench';
import { anEvent, aRoom, settled } from '@/testing/fakes';
import { CacheDb } from './cache_db';
import { CacheKeeper } from './cache_keeper';
import { CacheWriter } from './cache_writer';
import { Kept } from './kept';

let names = 0;
let db: CacheDb;

beforeEach(() => {
  prepare();
  db = new CacheDb(`kept ${++names}`);
});

const seqs = (room: string): number[] =>
  chat
    .log(room)
    .view.get()
    .events.map((event) => event.seq);
const heads = (): [string, number][] => [...chat.list.rooms.get().values()].map((room) => [room.id, room.head]);

/** IndexedDB has no clock of the tests: its steps are waited for. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let step = 0; step < 500; step++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('It did not come to that.');
}

/** A page before this one: it saw four messages of the first room, and two of a room that is gone since. */
async function earlier(epoch = 'e1'): Promise<Kept> {
  const writer = new CacheWriter(db, '7');
  await writer.claim();
  const events = [1, 2, 3, 4].map((seq) => anEvent(seq));
  await writer.write(epoch, {
    rooms: [aRoom('1', { head: 4, n: 4, read_seq: 4, read_n: 4 }), aRoom('9', { head: 2, n: 2 })],
    logs: [{ room: '1', epoch, events, at_start: true, people: [] }],
    gone: [],
  });
  for (let seq = 1; seq <= 6; seq++) store('1');
  server.rooms = [aRoom('1', { head: 6, n: 6, read_seq: 4, read_n: 4 }), aRoom('2')];
  const kept = new Kept(db, '7', clock);
  await kept.load('1');
  return kept;
}

describe('a cold start', () => {
  test('shows what the device has before anything is answered, and then what came since', async () => {
    const kept = await earlier();
    let answer = (): void => {};
    server.holding = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await startChat(kept);
    const log = chat.log('1');
    void log.openNewest();
    expect(chat.list.loaded.get()).toBe(true);
    expect(chat.synced.get()).toBe(false);
    expect(heads()).toEqual([
      ['1', 4],
      ['9', 2],
    ]);
    expect(log.view.get()).toMatchObject({ status: 'ready', kept: true, at_end: true });
    const [first] = log.view.get().events;
    const shown: number[][] = [];
    log.view.subscribe(() => shown.push(seqs('1')));
    answer();
    await settled();
    last().welcome();
    await settled();
    expect(heads()).toEqual([
      ['1', 6],
      ['2', 0],
    ]);
    expect(log.view.get()).toMatchObject({ status: 'ready', kept: false });
    expect(seqs('1')).toEqual([1, 2, 3, 4, 5, 6]);
    // Never less than what was on the screen, and the same objects: nothing is drawn anew.
    expect(shown.every((one) => one.length >= 4)).toBe(true);
    expect(log.view.get().events[0]).toBe(first);
    const pages = asked.filter((one) => one.path === '/rooms/1/messages');
    expect(pages.map((one) => one.query.get('after'))).toEqual(['4']);
    expect(last().of('resume')[0]).toMatchObject({ epoch: 'e1' });
  });

  test('a room that is read from the device later is brought up to date at once', async () => {
    const kept = await earlier();
    kept.first = () => undefined;
    await startChat(kept);
    last().welcome();
    await settled();
    const log = chat.log('1');
    const opened = log.openNewest();
    expect(log.view.get().status).toBe('empty');
    await opened;
    await until(() => seqs('1').length === 6);
    expect(log.view.get().kept).toBe(false);
  });

  test('of another epoch nothing stays', async () => {
    const kept = await earlier('e0');
    logs.set('1', [anEvent(1, { body: 'anew' })]);
    server.rooms = [aRoom('1', { head: 1, n: 1 })];
    await startChat(kept);
    chat.activate('1');
    void chat.log('1').openNewest();
    await settled();
    last().welcome();
    await settled();
    last().receive(resumed({ 1: 1 }));
    await settled();
    expect(heads()).toEqual([['1', 1]]);
    await until(() => chat.log('1').view.get().events[0]?.body === 'anew');
    expect(seqs('1')).toEqual([1]);
  });
});

describe('what is kept', () => {
  async function keeping(): Promise<CacheKeeper> {
    await startChat(new Kept(db, '7', clock));
    last().welcome();
    await settled();
    const keeper = new CacheKeeper({ chat, writer: new CacheWriter(db, '7'), clock, idle: (work) => work() });
    await keeper.start();
    return keeper;
  }

  test('is the list and the rooms looked at, as they become', async () => {
    await keeping();
    store('1');
    deliver(store('1'));
    await chat.log('1').openNewest();
    const kept = async (): Promise<number[]> => ((await db.log('7', '1'))?.events ?? []).map((event) => event.seq);
    await clock.pass(2_000);
    await until(async () => (await kept()).length === 2);
    deliver(store('1'));
    await clock.pass(2_000);
    await until(async () => (await kept()).length === 3);
    await until(async () => (await db.list('7'))?.rooms.length === 2);
    expect(await db.log('7', '2')).toBeUndefined();
  });

  test('goes with the room, and is left alone by a page that was stopped', async () => {
    const keeper = await keeping();
    store('1');
    await chat.log('1').openNewest();
    await clock.pass(2_000);
    await until(async () => (await db.log('7', '1')) !== undefined);
    last().receive({ t: 'user', useq: 1, type: 'room_removed', room: '1' });
    await clock.pass(2_000);
    await until(async () => (await db.log('7', '1')) === undefined);
    await until(async () => (await db.list('7'))?.rooms.length === 1);
    keeper.stop();
    await db.wipe();
    deliver(store('2'));
    await clock.pass(10_000);
    keeper.flush();
    await settled();
    expect(await db.list('7')).toBeUndefined();
  });
});
