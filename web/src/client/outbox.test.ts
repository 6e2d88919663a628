import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SendFrame } from '@/protocol/ops.gen';
import { anEvent, FakeClock, FakeTabs, settled } from '@/testing/fakes';
import { Outbox, STORE_WITHIN_MS } from './outbox';
import { IdbOutboxStore, MemoryOutboxStore, type OutboxEntry, type OutboxStore } from './outbox_store';
import { RESEND_BASE_MS, RESEND_CAP_MS } from './send_lanes';

let clock: FakeClock;
let sent: SendFrame[];
let minted: number;
let mint: () => string;
let databases = 0;
let devices = 0;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  minted = 0;
  mint = () => `cmid-${++minted}`;
});

/** Real ones, for what is made of them. */
function mintsUuids(): void {
  mint = () => uuid(++minted * 0x100);
}

function uuid(n: number): string {
  return `5c0a3c1e-9d57-4a3b-8f27-${n.toString(16).padStart(12, '0')}`;
}

function outbox(store: OutboxStore, user = '7', online = true): Outbox {
  const box = new Outbox({
    user,
    device: `d${++devices}`,
    store,
    clock,
    send: (frame) => sent.push(frame) > 0,
    uuid: () => mint(),
  });
  if (online) box.connected();
  return box;
}

function cmids(): string[] {
  return sent.map((frame) => frame.cmid);
}

for (const [name, store] of [
  ['IndexedDB', () => new IdbOutboxStore(`outbox-${++databases}`)],
  ['memory', () => new MemoryOutboxStore()],
] as const) {
  describe(`an outbox in ${name}`, () => {
    test('shows a message at once and sends it when it is kept', async () => {
      const box = outbox(store());
      const cmid = box.add('1', 'hello');
      expect(box.entries.get()).toMatchObject([{ cmid, room: '1', body: 'hello', state: 'pending' }]);
      expect(sent).toEqual([]);
      await settled();
      expect(sent).toEqual([{ t: 'send', cmid, cseq: 1, cgen: 0, room: '1', body: 'hello' }]);
    });

    test('comes back after a reload with the same cmids in the same order', async () => {
      const kept = store();
      const before = outbox(kept, '7', false);
      for (const body of ['one', 'two', 'three']) before.add('1', body);
      await settled();
      const after = outbox(kept);
      await after.load();
      expect(after.entries.get().map((entry) => entry.body)).toEqual(['one', 'two', 'three']);
      expect(cmids()).toEqual(['cmid-1', 'cmid-2', 'cmid-3']);
      expect(after.pending()).toEqual(['cmid-1', 'cmid-2', 'cmid-3']);
    });

    test('never shows or sends one person’s messages as another’s', async () => {
      const kept = store();
      outbox(kept, '7', false).add('1', 'mine');
      await settled();
      const other = outbox(kept, '8');
      await other.load();
      expect(other.entries.get()).toEqual([]);
      expect(sent).toEqual([]);
    });

    test('keeps a failed message over a reload, with why', async () => {
      const kept = store();
      const before = outbox(kept);
      const cmid = before.add('1', 'x');
      await settled();
      before.nacked({ t: 'nack', cmid, code: 'not_member' });
      await settled();
      const after = outbox(kept);
      await after.load();
      expect(after.entries.get()).toMatchObject([{ cmid, state: 'failed', code: 'not_member' }]);
      expect(sent).toHaveLength(1);
    });

    test('keeps what is tried again in place of what was refused', async () => {
      mintsUuids();
      const kept = store();
      const box = outbox(kept);
      const cmid = box.add('1', 'x');
      await settled();
      box.nacked({ t: 'nack', cmid, code: 'not_member' });
      box.retry(cmid);
      await settled();
      expect(await kept.load('7')).toMatchObject([{ cmid: uuid(0x101), body: 'x', state: 'pending' }]);
    });

    test('forgets a message for good once it is stored', async () => {
      const kept = store();
      const box = outbox(kept);
      const cmid = box.add('1', 'x');
      await settled();
      box.settle(cmid);
      await settled();
      expect(box.entries.get()).toEqual([]);
      expect(await kept.load('7')).toEqual([]);
    });
  });
}

describe('an outbox', () => {
  test('sends the same cmid again while no answer comes, later each time', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'x');
    await settled();
    await clock.pass(RESEND_BASE_MS);
    expect(cmids()).toEqual(['cmid-1', 'cmid-1']);
    await clock.pass(RESEND_BASE_MS);
    expect(sent).toHaveLength(2);
    await clock.pass(120_000);
    expect(new Set(cmids())).toEqual(new Set(['cmid-1']));
    expect(sent.length).toBeGreaterThanOrEqual(120_000 / RESEND_CAP_MS);
    expect(sent.length).toBeLessThan(120_000 / RESEND_BASE_MS);
  });

  test('sends a pasted text without the control characters that the server refuses', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a\u0000b\tc\r\nd\u001b\u007f');
    await settled();
    expect(sent.map((frame) => frame.body)).toEqual(['ab\tc\r\nd']);
  });

  test('has several messages of a room under way, numbered in order', async () => {
    const box = outbox(new MemoryOutboxStore());
    for (let n = 0; n < 20; n++) box.add('1', `m${n}`);
    await settled();
    expect(sent.map((frame) => frame.cseq)).toEqual(Array.from({ length: 16 }, (_, at) => at + 1));
    box.settle('cmid-1');
    expect(sent.at(-1)).toMatchObject({ cmid: 'cmid-17', cseq: 17, cgen: 0 });
  });

  test('keeps the order when the first is put off', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a');
    box.add('1', 'b');
    await settled();
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'busy', retry_ms: 800 });
    box.nacked({ t: 'nack', cmid: 'cmid-2', code: 'out_of_order', retry_ms: 50, cgen: 0, expected: 1 });
    await clock.pass(799);
    expect(cmids()).toEqual(['cmid-1', 'cmid-2']);
    await clock.pass(400);
    expect(cmids().slice(2)).toEqual(['cmid-1']);
    box.settle('cmid-1');
    expect(sent.slice(3)).toMatchObject([{ cmid: 'cmid-2', cseq: 2, cgen: 0 }]);
  });

  test('takes a refusal without a time to try again for final, whatever its code', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a');
    box.add('1', 'b');
    await settled();
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'internal', retry_ms: 100 });
    expect(box.entries.get().map((entry) => entry.state)).toEqual(['pending', 'pending']);
    await clock.pass(1_000);
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'internal', cgen: 0 });
    expect(box.entries.get()).toMatchObject([{ state: 'failed', code: 'internal' }, { state: 'pending' }]);
    expect(cmids()).toEqual(['cmid-1', 'cmid-2', 'cmid-1', 'cmid-2']);
  });

  test('does not let one room wait for another', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a');
    box.add('2', 'b');
    await settled();
    expect(sent.map((frame) => frame.room)).toEqual(['1', '2']);
  });

  test('goes on behind a message that was refused', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a');
    box.add('1', 'b');
    await settled();
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'too_large' });
    expect(box.entries.get().map((entry) => entry.state)).toEqual(['failed', 'pending']);
    // Refused before it was counted: the server still waits for its number.
    box.nacked({ t: 'nack', cmid: 'cmid-2', code: 'out_of_order', retry_ms: 50, cgen: 0, expected: 1 });
    await clock.pass(1_000);
    expect(sent.at(-1)).toMatchObject({ cmid: 'cmid-2', cseq: 1, cgen: 1 });
  });

  test('knows by its number that a message was refused, when that answer was lost', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a');
    box.add('1', 'b');
    await settled();
    box.settle('cmid-2');
    // Sent anew it would stand behind the second, which is stored.
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'out_of_order', retry_ms: 50, cgen: 0, expected: 3 });
    expect(box.entries.get()).toMatchObject([{ cmid: 'cmid-1', state: 'failed', code: 'refused' }]);
    await clock.pass(60_000);
    expect(sent).toHaveLength(2);
  });

  test('believes no refusal of a generation it has given up', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a');
    await settled();
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'out_of_order', retry_ms: 50, cgen: 1, expected: 1 });
    await clock.pass(1_000);
    expect(sent.at(-1)).toMatchObject({ cmid: 'cmid-1', cseq: 1, cgen: 2 });
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'not_member', cgen: 0 });
    expect(box.entries.get().map((entry) => entry.state)).toEqual(['pending']);
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'not_member', cgen: 2 });
    expect(box.entries.get().map((entry) => entry.state)).toEqual(['failed']);
  });

  test('sends everything that was under way again on the next connection, in order', async () => {
    const box = outbox(new MemoryOutboxStore());
    for (const body of ['a', 'b', 'c']) box.add('1', body);
    await settled();
    box.disconnected();
    await clock.pass(60_000);
    expect(cmids()).toEqual(['cmid-1', 'cmid-2', 'cmid-3']);
    box.connected();
    expect(cmids().slice(3)).toEqual(['cmid-1', 'cmid-2', 'cmid-3']);
  });

  test('tries a failed message again as another message, the newest', async () => {
    mintsUuids();
    const store = new MemoryOutboxStore();
    const box = outbox(store);
    const [refused, again] = [uuid(0x100), uuid(0x101)];
    box.add('1', 'a');
    await settled();
    box.nacked({ t: 'nack', cmid: refused, code: 'refused', cgen: 0 });
    expect(box.entries.get()).toMatchObject([{ state: 'failed', code: 'refused' }]);
    const other = box.add('1', 'b');
    await settled();
    box.retry(refused);
    expect(box.entries.get().map((entry) => entry.cmid)).toEqual([other, again]);
    await settled();
    expect(sent.map((frame) => [frame.cmid, frame.cseq])).toEqual([
      [refused, 1],
      [other, 2],
      [again, 3],
    ]);
    expect((await store.load('7')).map((entry) => entry.cmid)).toEqual([other, again]);
  });

  test('makes a name for what is tried again of any name', async () => {
    mint = () => '5c0a3c1e-9d57-4a3b-8f27-ffffffffffff';
    const box = outbox(new MemoryOutboxStore());
    const cmid = box.add('1', 'a');
    await settled();
    box.nacked({ t: 'nack', cmid, code: 'forbidden' });
    box.retry(cmid);
    expect(box.entries.get()).toMatchObject([{ cmid: uuid(0), state: 'pending' }]);
  });

  test('gives up a failed message when asked, never a pending one', async () => {
    const box = outbox(new MemoryOutboxStore());
    box.add('1', 'a');
    await settled();
    box.discard('cmid-1');
    expect(box.entries.get()).toHaveLength(1);
    box.nacked({ t: 'nack', cmid: 'cmid-1', code: 'forbidden' });
    box.discard('cmid-1');
    expect(box.entries.get()).toEqual([]);
  });

  test('works on in memory when nothing can be stored', async () => {
    const broken: OutboxStore = {
      load: () => Promise.reject(new Error('no')),
      put: () => Promise.reject(new Error('no')),
      remove: () => Promise.reject(new Error('no')),
      adopt: () => Promise.reject(new Error('no')),
    };
    const box = outbox(broken);
    await box.load();
    box.add('1', 'a');
    await settled();
    expect(cmids()).toEqual(['cmid-1']);
    expect(box.unkept.get()).toBe(1);
    box.settle('cmid-1');
    await settled();
    expect(box.entries.get()).toEqual([]);
    expect(box.unkept.get()).toBe(0);
  });

  test('does not wait for ever for storage that never answers', async () => {
    const never = new Promise<never>(() => {});
    const stuck = { load: () => never, put: () => never, remove: () => never, adopt: () => never };
    const box = outbox(stuck);
    const loaded = box.load();
    box.add('1', 'a');
    await clock.pass(STORE_WITHIN_MS);
    await loaded;
    expect(cmids()).toEqual(['cmid-1']);
    expect(box.unkept.get()).toBe(1);
  });

  test('waits for what the server says it has before it sends that again, and then sends only the rest', async () => {
    const box = outbox(new MemoryOutboxStore());
    for (const body of ['a', 'b']) box.add('1', body);
    await settled();
    box.disconnected();
    box.connected(true);
    expect(box.pending()).toEqual(['cmid-1', 'cmid-2']);
    box.settle('cmid-1');
    expect(sent).toHaveLength(2);
    box.release();
    expect(cmids().slice(2)).toEqual(['cmid-2']);
  });

  test('keeps the messages of a page that knew only texts', async () => {
    const name = `outbox-${++databases}`;
    const old = await openDB(name, 1, {
      upgrade: (db) => void db.createObjectStore('outbox', { keyPath: 'cmid' }).createIndex('by_user', 'user'),
    });
    const entry = { user: '7', room: '1', at: 5, state: 'pending' };
    await old.put('outbox', { ...entry, cmid: 'old-2', body: 'two', order: 2 });
    await old.put('outbox', { ...entry, cmid: 'old-1', body: 'one', order: 1 });
    old.close();
    const box = outbox(new IdbOutboxStore(name));
    await box.load();
    expect(box.entries.get().map((one) => one.body)).toEqual(['one', 'two']);
    expect(cmids()).toEqual(['old-1', 'old-2']);
  });

  test('leaves alone what a newer page has written', async () => {
    const name = `outbox-${++databases}`;
    const store = new IdbOutboxStore(name);
    await store.put({ v: 3, kind: 'file', cmid: 'f', user: '7', device: '', order: 1 } as unknown as OutboxEntry);
    const box = outbox(store);
    await box.load();
    expect(box.entries.get()).toEqual([]);
    const db = await openDB(name);
    expect(await db.count('outbox')).toBe(1);
    db.close();
  });
});

describe('the outboxes of several tabs', () => {
  let tabs: FakeTabs;
  let kept: OutboxStore;

  beforeEach(() => {
    tabs = new FakeTabs();
    kept = new MemoryOutboxStore();
  });

  interface Tab {
    box: Outbox;
    sent: SendFrame[];
    crash: () => void;
    sleep: () => void;
  }

  async function tab(store = kept, user = '7'): Promise<Tab> {
    const { locks, channel, crash, sleep } = tabs.open();
    const frames: SendFrame[] = [];
    const box = new Outbox({
      user,
      device: `d${++devices}`,
      store,
      clock,
      send: (frame) => frames.push(frame) > 0,
      uuid: () => mint(),
      locks,
      channel,
    });
    const loaded = box.load();
    await clock.pass(1_000);
    await loaded;
    box.connected();
    const stop = (): void => {
      box.disconnected();
      crash();
    };
    return { box, sent: frames, crash: stop, sleep };
  }

  const bodies = (frames: readonly { body?: string | undefined }[]): string[] => frames.map((one) => one.body ?? '');

  test('each send what was written in them, and show what was written in the other', async () => {
    const [a, b] = [await tab(), await tab()];
    a.box.add('1', 'in a');
    b.box.add('1', 'in b');
    await settled();
    expect([bodies(a.sent), bodies(b.sent)]).toEqual([['in a'], ['in b']]);
    for (const { box } of [a, b]) expect(bodies(box.entries.get())).toEqual(['in a', 'in b']);
    a.box.settle('cmid-1');
    expect(bodies(b.box.entries.get())).toEqual(['in b']);
  });

  test('agree on what failed; whoever tries again sends it', async () => {
    mintsUuids();
    const [a, b] = [await tab(), await tab()];
    const cmid = a.box.add('1', 'x');
    await settled();
    a.box.nacked({ t: 'nack', cmid, code: 'forbidden' });
    expect(b.box.entries.get()).toMatchObject([{ state: 'failed', code: 'forbidden' }]);
    b.box.retry(cmid);
    await settled();
    const again = uuid(0x101);
    for (const { box } of [a, b]) expect(box.entries.get()).toMatchObject([{ cmid: again, state: 'pending' }]);
    expect([a.sent.length, b.sent.length]).toEqual([1, 1]);
    b.box.nacked({ t: 'nack', cmid: again, code: 'forbidden' });
    a.box.discard(again);
    await settled();
    expect(b.box.entries.get()).toEqual([]);
    expect(await kept.load('7')).toEqual([]);
  });

  test('make one message of what is tried again in two that do not hear each other', async () => {
    mintsUuids();
    const a = await tab();
    const cmid = a.box.add('1', 'x');
    await settled();
    a.box.nacked({ t: 'nack', cmid, code: 'forbidden' });
    await settled();
    const deaf = outbox(kept);
    await deaf.load();
    a.box.retry(cmid);
    deaf.retry(cmid);
    await settled();
    expect(a.sent.map((frame) => frame.cmid)).toEqual([cmid, uuid(0x101)]);
    expect(cmids()).toEqual([uuid(0x101)]);
  });

  test('adopt what a crashed one has left, one of them and once, in order', async () => {
    const [a, b, c] = [await tab(), await tab(), await tab()];
    for (const body of ['one', 'two', 'three']) a.box.add('1', body);
    await settled();
    expect([b.sent, c.sent]).toEqual([[], []]);
    a.crash();
    await settled();
    expect([bodies(b.sent), bodies(c.sent)].filter((some) => some.length > 0)).toEqual([['one', 'two', 'three']]);
    expect((await kept.load('7')).map((one) => one.device)).not.toContain('');
    const heir = b.sent.length > 0 ? b : c;
    heir.crash();
    await settled();
    const last = heir === b ? c : b;
    expect(bodies(last.sent)).toEqual(['one', 'two', 'three']);
  });

  test('give up what another has adopted while they slept, and take it back when that is gone', async () => {
    const [a, b] = [await tab(), await tab()];
    for (const body of ['one', 'two']) a.box.add('1', body);
    await settled();
    a.sleep();
    await settled();
    expect(bodies(b.sent)).toEqual(['one', 'two']);
    a.box.disconnected();
    a.box.connected();
    await clock.pass(20_000);
    expect([bodies(a.sent), a.box.pending()]).toEqual([['one', 'two'], []]);
    // What flew from here is answered here.
    a.box.settle('cmid-1');
    expect(bodies(b.box.entries.get())).toEqual(['two']);
    a.box.add('1', 'three');
    await settled();
    expect(bodies(a.sent).slice(2)).toEqual(['three']);
    b.crash();
    await settled();
    expect(bodies(a.sent).slice(3)).toEqual(['two', 'three']);
    expect(a.box.pending()).toEqual(['cmid-2', 'cmid-3']);
  });

  test('adopt even what could not be stored, as they were told of it', async () => {
    const no = (): Promise<never> => Promise.reject(new Error('no'));
    const broken: OutboxStore = { load: no, put: no, remove: no, adopt: no };
    const [a, b] = [await tab(broken), await tab(broken)];
    a.box.add('1', 'x');
    await settled();
    a.crash();
    await settled();
    expect(bodies(b.sent)).toEqual(['x']);
  });

  test('send what an earlier page left before what is written meanwhile', async () => {
    const before = await tab();
    before.box.disconnected();
    for (const body of ['one', 'two']) before.box.add('1', body);
    await settled();
    before.crash();
    await clock.pass(10);
    const { locks, channel } = tabs.open();
    const box = new Outbox({
      user: '7',
      device: 'after',
      store: kept,
      clock,
      send: (frame) => sent.push(frame) > 0,
      uuid: () => mint(),
      locks,
      channel,
    });
    box.connected();
    const loaded = box.load();
    box.add('1', 'three');
    await settled();
    await loaded;
    expect(bodies(sent)).toEqual(['one', 'two', 'three']);
  });

  test('tell the log of what another has seen stored before the row is gone', async () => {
    const [a, b] = [await tab(), await tab()];
    const cmid = a.box.add('1', 'x');
    await settled();
    const seen: number[] = [];
    a.box.events.on('elsewhere', (event) => seen.push(event.seq, a.box.entries.get().length));
    b.box.settle(cmid, anEvent(4, { cmid, sender: '7', body: 'x' }));
    expect(seen).toEqual([4, 1]);
    expect(a.box.entries.get()).toEqual([]);
  });

  test('have nothing to do with those of another person', async () => {
    const [a, b] = [await tab(), await tab(kept, '8')];
    a.box.add('1', 'mine');
    await settled();
    a.crash();
    await settled();
    expect(b.box.entries.get()).toEqual([]);
    expect(b.sent).toEqual([]);
  });
});
