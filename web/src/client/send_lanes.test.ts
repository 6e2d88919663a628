import { beforeEach, describe, expect, test } from 'vitest';
import type { SendFrame, ServerNack } from '@/protocol/ops.gen';
import { FakeClock } from '@/testing/fakes';
import { type Parcel, SendLanes } from './send_lanes';

let clock: FakeClock;
let sent: SendFrame[];
let lanes: SendLanes;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  lanes = new SendLanes({ clock, send: (frame) => sent.push(frame) > 0 });
  lanes.connected();
});

function parcel(n: number, room = '1'): Parcel {
  return { cmid: `${room}-${n}`, room, body: `m${n}`, order: n };
}

function add(...parcels: Parcel[]): void {
  lanes.add(parcels, false);
  for (const { cmid } of parcels) lanes.ready(cmid);
}

function outOfOrder(cmid: string, expected: number, cgen = 0): ServerNack {
  return { t: 'nack', cmid, code: 'out_of_order', cgen, expected };
}

function places(frames = sent): string[] {
  return frames.map((frame) => `${frame.cmid} ${frame.cgen}.${frame.cseq}`);
}

describe('the lanes of an outbox', () => {
  test('send again from the first undecided message when the server waits for it', async () => {
    add(parcel(1), parcel(2), parcel(3));
    lanes.nacked(outOfOrder('1-2', 1));
    lanes.nacked(outOfOrder('1-3', 1));
    await clock.pass(1_000);
    expect(places().slice(3)).toEqual(['1-1 0.1']);
    lanes.decided('1-1');
    lanes.decided('1-2');
    expect(places().slice(4)).toEqual(['1-2 0.2', '1-3 0.3']);
  });

  test('begin a generation when the server waits for something that is not undecided here', async () => {
    add(parcel(1), parcel(2));
    lanes.decided('1-1');
    lanes.nacked(outOfOrder('1-2', 1));
    await clock.pass(1_000);
    expect(places().slice(2)).toEqual(['1-2 1.1']);
    lanes.nacked(outOfOrder('1-2', 7, 0));
    await clock.pass(4_000);
    expect(sent).toHaveLength(3);
  });

  test('go beyond a generation that the server knows and they do not', async () => {
    add(parcel(1));
    lanes.nacked(outOfOrder('1-1', 40, 6));
    await clock.pass(1_000);
    expect(places().slice(1)).toEqual(['1-1 7.1']);
  });

  test('put what another page left before what was written here', async () => {
    add(parcel(5));
    lanes.add([parcel(1), parcel(2)], true);
    await clock.pass(6_000);
    lanes.decided('1-1');
    lanes.decided('1-2');
    const last = sent.filter((frame) => frame.cgen === 1);
    expect(places(last).slice(0, 3)).toEqual(['1-1 1.1', '1-2 1.2', '1-5 1.3']);
    expect(lanes.maybeStored().map((one) => one.cmid)).toEqual(['1-5']);
  });

  test('have 16 of a room and 24 in all in flight', () => {
    for (let n = 1; n <= 40; n++) add(parcel(n), parcel(n, '2'));
    expect(sent).toHaveLength(24);
    expect(Math.max(...['1', '2'].map((room) => sent.filter((one) => one.room === room).length))).toBeLessThanOrEqual(
      16,
    );
  });

  test('wait for a message that is not kept yet, and with it for what is behind', () => {
    lanes.add([parcel(1), parcel(2)], false);
    lanes.ready('1-2');
    expect(sent).toEqual([]);
    lanes.ready('1-1');
    expect(places()).toEqual(['1-1 0.1', '1-2 0.2']);
  });

  test('send again soon, in order, when the server asks for it', async () => {
    add(parcel(1), parcel(2), parcel(1, '2'));
    lanes.decided('2-1');
    lanes.resend();
    lanes.resend();
    expect(sent).toHaveLength(3);
    await clock.pass(500);
    expect(places().slice(3)).toEqual(['1-1 0.1']);
    lanes.decided('1-1');
    expect(places().slice(4)).toEqual(['1-2 0.2']);
  });

  test('send nothing again when the server asks and nothing is in flight', async () => {
    add(parcel(1));
    lanes.decided('1-1');
    lanes.resend();
    await clock.pass(20_000);
    expect(sent).toHaveLength(1);
  });

  test('rest as long as the server says, once for a whole flight', async () => {
    for (let n = 1; n <= 10; n++) add(parcel(n));
    for (let n = 1; n <= 10; n++) lanes.nacked({ t: 'nack', cmid: `1-${n}`, code: 'busy', retry_ms: 2_000 });
    await clock.pass(1_999);
    expect(sent).toHaveLength(10);
    await clock.pass(301);
    expect(places().slice(10)).toEqual(['1-1 0.1']);
  });

  test.each(['busy', 'out_of_order', 'internal', 'rate_limited'])(
    'are never a hot loop, even when every copy is answered %s at once',
    async (code) => {
      let frames: SendFrame[] = [];
      lanes = new SendLanes({
        clock,
        send: (frame) => {
          frames.push(frame);
          const answer: ServerNack = {
            t: 'nack',
            cmid: frame.cmid,
            code,
            retry_ms: 0,
            cgen: frame.cgen ?? 0,
            expected: 99,
          };
          clock.after(0, () => lanes.nacked(answer));
          return true;
        },
      });
      clock.chance = 0;
      lanes.connected();
      for (let room = 1; room <= 30; room++) add(parcel(1, `${room}`), parcel(2, `${room}`));
      await clock.pass(10_000);
      frames = [];
      await clock.pass(10_000);
      expect(frames.length).toBeGreaterThan(0);
      expect(frames.length).toBeLessThanOrEqual(101);
    },
  );
});

/** The server's side of docs/delivery.md: the table of one sender, device and room. */
class Table {
  readonly log: string[] = [];
  readonly refused = new Set<string>();
  #cgen = 0;
  #last = 0;

  constructor(readonly refuses: (cmid: string) => boolean) {}

  /** As when the database was put back to a time before this device, or its row was cleared away. */
  forget(): void {
    this.#cgen = 0;
    this.#last = 0;
  }

  answer({ cmid, cgen = 0, cseq = 0 }: SendFrame): 'ack' | 'refused' | { cgen: number; expected: number } {
    const next = cgen === this.#cgen && cseq === this.#last + 1;
    if (this.log.includes(cmid)) {
      if (next) this.#last = cseq;
      return 'ack';
    }
    if (cgen < this.#cgen) return { cgen: this.#cgen, expected: this.#last + 1 };
    if (cgen > this.#cgen) {
      this.#cgen = cgen;
      this.#last = 0;
    }
    if (cseq !== this.#last + 1) return { cgen: this.#cgen, expected: this.#last + 1 };
    this.#last = cseq;
    if (this.refuses(cmid)) {
      this.refused.add(cmid);
      return 'refused';
    }
    this.log.push(cmid);
    return 'ack';
  }
}

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Time and a network that are as bad as the seed says, without a promise: thousands of frames a second. */
class World {
  readonly chance: () => number;
  readonly tables = new Map<string, Table>();
  readonly failed: string[] = [];
  frames = 0;
  #now = 0;
  #timers: { at: number; fn: () => void; id: number }[] = [];
  #ids = 0;
  #severed = 0;
  readonly lanes: SendLanes;

  constructor(seed: number) {
    this.chance = seeded(seed);
    this.lanes = new SendLanes({
      clock: {
        now: () => this.#now,
        after: (ms, fn) => this.after(ms, fn),
        cancel: (id) => {
          this.#timers = this.#timers.filter((timer) => timer.id !== id);
        },
        random: this.chance,
      },
      send: (frame) => {
        this.frames++;
        this.#carry(frame);
        return true;
      },
    });
  }

  after(ms: number, fn: () => void): number {
    this.#timers.push({ at: this.#now + ms, fn, id: ++this.#ids });
    return this.#ids;
  }

  /** Runs until `done`; false when that took too long. */
  run(done: () => boolean, within_ms: number): boolean {
    while (!done() && this.#now < within_ms && this.#timers.length > 0) {
      let first = 0;
      for (let at = 1; at < this.#timers.length; at++)
        if ((this.#timers[at]?.at ?? 0) < (this.#timers[first]?.at ?? 0)) first = at;
      const [timer] = this.#timers.splice(first, 1);
      if (timer === undefined) break;
      this.#now = timer.at;
      timer.fn();
    }
    return done();
  }

  /** Everything under way is gone, and the server knows nothing of this device any more. */
  forget(): void {
    this.#severed++;
    for (const table of this.tables.values()) table.forget();
  }

  table(room: string): Table {
    let table = this.tables.get(room);
    if (table === undefined) {
      table = new Table((cmid) => cmid.endsWith('7'));
      this.tables.set(room, table);
    }
    return table;
  }

  /** A frame is lost, late by up to 8 s so that any other may overtake it, or comes twice; or the gateway refuses it. */
  #carry(frame: SendFrame): void {
    const severed = this.#severed;
    for (let copies = this.#copies(); copies > 0; copies--) {
      this.after(this.#delay(), () => {
        if (severed !== this.#severed) return;
        if (this.chance() < 0.1)
          this.#reply(severed, frame.cmid, { code: 'busy', retry_ms: this.chance() < 0.5 ? 300 : 0 });
        // Too large: refused where nothing is counted.
        else if (frame.cmid.endsWith('3')) this.#reply(severed, frame.cmid, { code: 'too_large' });
        else {
          const answer = this.table(frame.room).answer(frame);
          if (answer === 'ack') this.#reply(severed, frame.cmid, undefined);
          else if (answer === 'refused') this.#reply(severed, frame.cmid, { code: 'not_member' });
          else this.#reply(severed, frame.cmid, { code: 'out_of_order', ...answer });
        }
      });
    }
  }

  #reply(severed: number, cmid: string, nack: Omit<ServerNack, 't' | 'cmid'> | undefined): void {
    for (let copies = this.#copies(); copies > 0; copies--) {
      this.after(this.#delay(), () => {
        if (severed !== this.#severed || !this.lanes.has(cmid)) return;
        if (nack === undefined) this.lanes.decided(cmid);
        else if (nack.code === 'too_large' || nack.code === 'not_member') {
          this.failed.push(cmid);
          this.lanes.decided(cmid);
        } else if (this.lanes.wasRefused({ t: 'nack', cmid, ...nack })) {
          this.failed.push(cmid);
          this.lanes.decided(cmid);
        } else this.lanes.nacked({ t: 'nack', cmid, ...nack });
      });
    }
  }

  #copies(): number {
    const at = this.chance();
    return at < 0.15 ? 0 : at < 0.25 ? 2 : 1;
  }

  #delay(): number {
    return this.chance() < 0.9 ? this.chance() * 40 : this.chance() * 8_000;
  }
}

describe('whatever the network and the server do', () => {
  const EACH = 60;
  test.each(Array.from({ length: 60 }, (_, at) => at + 1))(
    'order is kept, nothing is lost or doubled, and it ends: seed %i',
    (seed) => {
      const world = new World(seed);
      const written = new Map<string, string[]>([
        ['1', []],
        ['2', []],
      ]);
      world.lanes.connected();
      for (const [room, cmids] of written) {
        for (let n = 1; n <= EACH; n++) {
          const one = parcel(n, room);
          cmids.push(one.cmid);
          world.after(n * 150, () => {
            world.lanes.add([one], false);
            world.lanes.ready(one.cmid);
          });
        }
      }
      for (let at = 1; at <= 6; at++) {
        world.after(world.chance() * 30_000, () => {
          world.lanes.disconnected();
          if (at % 2 === 0) world.forget();
          world.after(world.chance() * 2_000, () => world.lanes.connected());
        });
      }
      const all = [...written.values()].flat();
      let added = 0;
      for (let n = 1; n <= EACH; n++) world.after(n * 150, () => added++);
      expect(world.run(() => added === EACH && !all.some((cmid) => world.lanes.has(cmid)), 3_600_000)).toBe(true);
      for (const [room, cmids] of written) {
        const { log } = world.table(room);
        const failed = new Set(world.failed);
        expect(log).toEqual(cmids.filter((cmid) => !failed.has(cmid)));
        expect(cmids.filter((cmid) => failed.has(cmid)).every((cmid) => /[37]$/.test(cmid))).toBe(true);
      }
      expect(world.frames).toBeLessThan(EACH * 2 * 30);
    },
  );
});
