import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { anEvent, aRoom } from '@/testing/fakes';
import { CacheDb, type KeptLog } from './cache_db';
import { CacheWriter, type Limits } from './cache_writer';

let names = 0;
let name: string;
let db: CacheDb;

beforeEach(() => {
  name = `cache ${++names}`;
  db = new CacheDb(name);
});

async function writer(user = '7', limits?: Limits): Promise<CacheWriter> {
  const made = new CacheWriter(db, user, limits);
  await made.claim();
  return made;
}

function aLog(room: string, last: number, part: Partial<KeptLog> = {}): KeptLog {
  return { room, epoch: 'e1', events: [anEvent(last, { room })], at_start: true, people: [], ...part };
}

const logs = (...list: KeptLog[]) => ({ rooms: [], logs: list, gone: [] });
const held = async (rooms: string[], user = '7'): Promise<string[]> => {
  const all = await Promise.all(rooms.map((room) => db.log(user, room)));
  return all.flatMap((log) => log?.room ?? []);
};
const heads = async (): Promise<[string, number][]> =>
  ((await db.list('7'))?.rooms ?? []).map((room): [string, number] => [room.id, room.head]).sort();

describe('the cache', () => {
  test('gives back the rooms and the logs that were written, after another opening too', async () => {
    const rooms = ['1', '2', '33'].map((id) => aRoom(id, { head: Number(id) }));
    await (await writer()).write('e1', { rooms, logs: [aLog('1', 4)], gone: [] });
    db = new CacheDb(name);
    expect(await heads()).toEqual([
      ['1', 1],
      ['2', 2],
      ['33', 33],
    ]);
    expect((await db.list('7'))?.epoch).toBe('e1');
    expect(await db.log('7', '1')).toEqual(aLog('1', 4));
    expect(await db.log('7', '2')).toBeUndefined();
  });

  test('shows nobody what is of somebody else, and is emptied by the next person', async () => {
    const first = await writer('7');
    await first.write('e1', { rooms: [aRoom('1')], logs: [aLog('1', 4)], gone: [] });
    expect(await db.list('8')).toBeUndefined();
    expect(await db.log('8', '1')).toBeUndefined();
    await writer('8');
    expect(await db.list('7')).toBeUndefined();
    expect(await db.log('7', '1')).toBeUndefined();
    // A tab that has not heard of it.
    expect(await first.write('e1', logs(aLog('1', 5)))).toBe(false);
    expect(await held(['1'], '7')).toEqual([]);
    expect(await held(['1'], '8')).toEqual([]);
  });

  test('is empty after a wipe, and nothing comes into it until somebody is logged in', async () => {
    const mine = await writer();
    await mine.write('e1', { rooms: [aRoom('1')], logs: [aLog('1', 4)], gone: [] });
    await db.wipe();
    expect(await mine.write('e1', { rooms: [aRoom('1')], logs: [aLog('1', 5)], gone: [] })).toBe(false);
    await mine.claim();
    expect(await db.list('7')).toBeUndefined();
    expect(await held(['1'])).toEqual([]);
  });

  test('keeps of each room what goes further, whichever tab writes last', async () => {
    const mine = await writer();
    const other = await writer();
    await mine.write('e1', { rooms: [aRoom('1', { head: 9 })], logs: [aLog('1', 9)], gone: [] });
    await other.write('e1', { rooms: [aRoom('1', { head: 8, name: 'old' })], logs: [aLog('1', 8)], gone: [] });
    expect((await db.log('7', '1'))?.events[0]?.seq).toBe(9);
    expect(await heads()).toEqual([['1', 9]]);
    await other.write('e1', { rooms: [aRoom('1', { head: 9, name: 'new' })], logs: [], gone: [] });
    expect((await db.list('7'))?.rooms[0]?.name).toBe('new');
  });

  test('lets go of what is of another epoch', async () => {
    const mine = await writer();
    await mine.write('e1', { rooms: [aRoom('1'), aRoom('2')], logs: [aLog('1', 9)], gone: [] });
    await mine.write('e2', { rooms: [aRoom('1')], logs: [aLog('2', 3, { epoch: 'e2' })], gone: [] });
    expect(await heads()).toEqual([['1', 0]]);
    expect(await held(['1', '2'])).toEqual(['2']);
  });

  test('lets go of rooms that are not mine any more', async () => {
    const mine = await writer();
    const rooms = ['1', '2', '3'].map((id) => aRoom(id));
    await mine.write('e1', { rooms, logs: [aLog('1', 1), aLog('2', 1), aLog('3', 1)], gone: [] });
    await mine.write('e1', { rooms: [], logs: [], gone: ['2'] });
    expect([await heads(), await held(['1', '2', '3'])]).toEqual([
      [
        ['1', 0],
        ['3', 0],
      ],
      ['1', '3'],
    ]);
    await mine.sweep(new Set(['3']));
    expect([await heads(), await held(['1', '2', '3'])]).toEqual([[['3', 0]], ['3']]);
  });
});

describe('the bounds of the cache', () => {
  beforeEach(() => {
    let now = 1_000;
    vi.spyOn(Date, 'now').mockImplementation(() => now++);
  });

  test('hold for the number of rooms: the one not used for longest goes', async () => {
    const mine = await writer('7', { rooms: 2, bytes: 1e6 });
    for (const room of ['1', '2', '1', '3']) await mine.write('e1', logs(aLog(room, 5)));
    expect(await held(['1', '2', '3'])).toEqual(['1', '3']);
  });

  test('hold for the bytes', async () => {
    const one = JSON.stringify(aLog('1', 5)).length;
    const mine = await writer('7', { rooms: 100, bytes: one * 2.5 });
    for (const room of ['1', '2', '3', '4']) await mine.write('e1', logs(aLog(room, 5)));
    expect(await held(['1', '2', '3', '4'])).toEqual(['3', '4']);
  });

  test('give way when the device is full, and what was to be written is written', async () => {
    const mine = await writer();
    for (const room of ['1', '2', '3', '4']) await mine.write('e1', logs(aLog(room, 5)));
    const put = IDBObjectStore.prototype.put;
    let full = 1;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
      if (this.name === 'logs' && full-- > 0) throw new DOMException('', 'QuotaExceededError');
      return put.call(this, value, key);
    });
    expect(await mine.write('e1', logs(aLog('5', 5)))).toBe(true);
    const left = await held(['1', '2', '3', '4', '5']);
    expect(left).toContain('5');
    expect(left).not.toContain('1');
    expect(left.length).toBeLessThan(5);
  });

  test('say so when the device stays full, and nothing is half written', async () => {
    const mine = await writer();
    await mine.write('e1', logs(aLog('1', 5)));
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    await expect(mine.write('e1', { rooms: [aRoom('1')], logs: [aLog('2', 5)], gone: [] })).rejects.toThrow();
    expect(await db.list('7')).toBeUndefined();
    expect(await held(['2'])).toEqual([]);
  });
});
