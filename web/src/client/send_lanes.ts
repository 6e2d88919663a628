import type { SendFrame, ServerNack } from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';
import type { OutboxFile } from './outbox_store';

export interface LanesParts {
  clock: Clock;
  /** Gives the frame to a welcomed connection; false when there is none. */
  send: (frame: SendFrame) => boolean;
}

/** What a lane carries. */
export interface Parcel {
  cmid: string;
  room: string;
  body: string;
  thread?: number;
  quote?: number;
  files?: readonly OutboxFile[];
  order: number;
}

export const RESEND_BASE_MS = 5_000;
/** Nobody waits longer: ten seconds after the end of whatever it was everything written is sent. Copies are few at any
 *  wait, as a lane in trouble tries one message at a time. */
export const RESEND_CAP_MS = 6_000;
/** In flight of one room, and in all. The server takes 32 of one connection; some room is left for copies. */
export const ROOM_WINDOW = 16;
export const WINDOW = 24;
/** Between a refusal and the next try: the time the server names, this at least, and some chance. */
const PAUSE_MIN_MS = 100;
const PAUSE_BASE_MS = 200;
const PAUSE_CAP_MS = 5_000;
/** Those whom the server asks to send again do so spread over this long. */
const ASKED_SPREAD_MS = 500;
/** Copies of messages that were sent before: so many at once, and then so many a second, whatever the server answers. */
const COPIES_BURST = 48;
const COPIES_PER_S = 10;

interface Item {
  parcel: Parcel;
  /** Its place in the room's generation; 0: not sent in this one. */
  cseq: number;
  /** Under way since the last time the lane began again. */
  flying: boolean;
  /** May be sent: it is kept where a crash does not reach it. */
  ready: boolean;
  /** A copy may be with the server already. */
  sent_before: boolean;
}

/** One room's undecided messages in the order of sending. */
interface Lane {
  items: Item[];
  /** The generation, and the last number given out in it. They outlive the items: the server counts on. */
  cgen: number;
  cseq: number;
  /** How many of the first may fly: all when things go well, one after trouble, doubled by each decision. */
  window: number;
  /** Times it began again without a decision between. */
  tries: number;
  /** Nothing goes out until the timer ends; else the timer is the deadline of what is in flight. */
  paused: boolean;
  timer: Timer | undefined;
}

/** Sends messages so that a room stores them in the order they were written in, with several in flight (docs/delivery.md).
 *  The server takes only the next number of a room's generation, so a lost or refused one cannot be overtaken: what
 *  flew behind it is refused, and goes out again from the first undecided one on. */
export class SendLanes {
  readonly #parts: LanesParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #items = new Map<string, Item>();
  #online = false;
  #held = false;
  #flying = 0;
  #copies = COPIES_BURST;
  #copies_at: number;
  #refill: Timer | undefined;

  constructor(parts: LanesParts) {
    this.#parts = parts;
    this.#copies_at = parts.clock.now();
  }

  /** Takes messages, each to its place by `order`. `adopted`: another page may have sent them before. */
  add(parcels: readonly Parcel[], adopted: boolean): void {
    for (const parcel of parcels) {
      if (this.#items.has(parcel.cmid)) continue;
      const item: Item = { parcel, cseq: 0, flying: false, ready: adopted, sent_before: adopted };
      this.#items.set(parcel.cmid, item);
      const lane = this.#lane(parcel.room);
      let at = lane.items.length;
      while (at > 0 && (lane.items[at - 1]?.parcel.order ?? 0) > parcel.order) at--;
      lane.items.splice(at, 0, item);
      // Numbers rise along the lane: one that comes before a numbered one opens a generation in which it has its place.
      if (lane.items.slice(at + 1).some((other) => other.cseq > 0)) this.#renumber(lane, lane.cgen + 1);
    }
    this.pump();
  }

  has(cmid: string): boolean {
    return this.#items.has(cmid);
  }

  /** The message is kept: it may go out. */
  ready(cmid: string): void {
    const item = this.#items.get(cmid);
    if (item === undefined || item.ready) return;
    item.ready = true;
    this.pump();
  }

  /** The message is stored, or refused for good. */
  decided(cmid: string): void {
    const item = this.#items.get(cmid);
    if (item === undefined) return;
    const lane = this.#lane(item.parcel.room);
    this.#items.delete(cmid);
    lane.items.splice(lane.items.indexOf(item), 1);
    if (item.flying) this.#flying--;
    lane.tries = 0;
    lane.window = Math.min(ROOM_WINDOW, lane.window * 2);
    if (!lane.paused || lane.items.length === 0) this.#arm(lane);
    this.pump();
  }

  /** Said of a generation given up: what was sent since may fare otherwise, and has an answer of its own. */
  isOld(frame: ServerNack): boolean {
    const item = this.#items.get(frame.cmid);
    return item !== undefined && (frame.cgen ?? Infinity) < this.#lane(item.parcel.room).cgen;
  }

  /** The server has counted the message's place in this generation and does not know the message: it was refused for good,
   *  and that answer was lost. Sent anew it would stand behind what was written later. */
  wasRefused(frame: ServerNack): boolean {
    const item = this.#items.get(frame.cmid);
    if (item === undefined || item.cseq === 0 || frame.code !== 'out_of_order') return false;
    return frame.cgen === this.#lane(item.parcel.room).cgen && (frame.expected ?? 0) > item.cseq;
  }

  /** Not stored for now. The lane rests, then goes on from its first undecided message. */
  nacked(frame: ServerNack): void {
    const item = this.#items.get(frame.cmid);
    if (item === undefined) return;
    const lane = this.#lane(item.parcel.room);
    if (frame.code === 'out_of_order') {
      const cgen = frame.cgen ?? lane.cgen;
      if (cgen < lane.cgen) return;
      const first = lane.items[0];
      // The first undecided one is not what the server waits for: one it has not counted was refused, or it has
      // forgotten this device. Where it speaks of a later one, an earlier one is missing, and that one's own answer tells.
      if (cgen > lane.cgen) this.#renumber(lane, cgen + 1);
      else if (item === first && frame.expected !== first.cseq) this.#renumber(lane, cgen + 1);
    }
    this.#pause(lane, frame.retry_ms ?? 0);
  }

  /** A connection is welcomed: everything undecided goes out again, in order. `hold`: only once `release` is called. */
  connected(hold = false): void {
    this.#online = true;
    this.#held = hold;
    for (const lane of this.#lanes.values()) {
      this.#land(lane);
      this.#stopTimer(lane);
      lane.window = ROOM_WINDOW;
      lane.tries = 0;
      lane.paused = false;
    }
    this.pump();
  }

  release(): void {
    this.#held = false;
    this.pump();
  }

  disconnected(): void {
    this.#online = false;
    const { clock } = this.#parts;
    clock.cancel(this.#refill);
    this.#refill = undefined;
    for (const lane of this.#lanes.values()) {
      this.#land(lane);
      this.#stopTimer(lane);
      lane.paused = false;
    }
  }

  /** Those a server may have, in order of sending. */
  maybeStored(): Parcel[] {
    const items = [...this.#items.values()].filter((item) => item.sent_before);
    return items.map((item) => item.parcel).sort((a, b) => a.order - b.order);
  }

  /** What is in flight, or its answers, may be lost: it goes out again, at a moment of chance, as others' does too. */
  resend(): void {
    for (const lane of this.#lanes.values()) {
      if (lane.paused || !lane.items.some((item) => item.flying)) continue;
      this.#rest(lane, fullJitter(this.#parts.clock, 0, ASKED_SPREAD_MS, ASKED_SPREAD_MS));
    }
  }

  pump(): void {
    if (!this.#online || this.#held) return;
    for (const lane of this.#lanes.values()) {
      if (!lane.paused && !this.#fill(lane)) return;
    }
  }

  /** False when nothing more can be sent in any lane. */
  #fill(lane: Lane): boolean {
    for (const item of lane.items.slice(0, lane.window)) {
      if (item.flying) continue;
      if (!item.ready) return true;
      if (this.#flying >= WINDOW || (item.sent_before && !this.#mayCopy())) return false;
      const cseq = item.cseq === 0 ? lane.cseq + 1 : item.cseq;
      if (!this.#parts.send(frameOf(item.parcel, cseq, lane.cgen))) return false;
      lane.cseq = Math.max(lane.cseq, cseq);
      item.cseq = cseq;
      item.flying = true;
      item.sent_before = true;
      this.#flying++;
      if (lane.timer === undefined) this.#arm(lane);
    }
    return true;
  }

  #lane(room: string): Lane {
    let lane = this.#lanes.get(room);
    if (lane === undefined) {
      lane = { items: [], cgen: 0, cseq: 0, window: ROOM_WINDOW, tries: 0, paused: false, timer: undefined };
      this.#lanes.set(room, lane);
    }
    return lane;
  }

  /** Another generation, in which everything undecided is numbered from 1 as it goes out. */
  #renumber(lane: Lane, cgen: number): void {
    this.#land(lane);
    if (!lane.paused) this.#stopTimer(lane);
    lane.cgen = cgen;
    lane.cseq = 0;
    for (const item of lane.items) item.cseq = 0;
  }

  #pause(lane: Lane, retry_ms: number): void {
    // What flew behind the refused one is refused too: the lane rests once for all of them.
    if (lane.paused) return;
    const { clock } = this.#parts;
    const wait_ms = Math.max(retry_ms, PAUSE_MIN_MS) + fullJitter(clock, lane.tries, PAUSE_BASE_MS, PAUSE_CAP_MS);
    lane.tries++;
    this.#rest(lane, wait_ms);
  }

  /** Nothing goes out for this long, then it begins with the first undecided message alone. */
  #rest(lane: Lane, wait_ms: number): void {
    this.#land(lane);
    this.#stopTimer(lane);
    lane.paused = true;
    lane.window = 1;
    lane.timer = this.#parts.clock.after(wait_ms, () => {
      lane.timer = undefined;
      lane.paused = false;
      this.pump();
    });
  }

  /** The deadline of what is in flight: at least the base, as an answer that is only slow must not be asked for twice. */
  #arm(lane: Lane): void {
    const { clock } = this.#parts;
    this.#stopTimer(lane);
    lane.paused = false;
    if (!lane.items.some((item) => item.flying)) return;
    const more_ms = lane.tries === 0 ? 0 : fullJitter(clock, lane.tries, RESEND_BASE_MS, RESEND_CAP_MS);
    lane.timer = clock.after(Math.min(RESEND_CAP_MS, RESEND_BASE_MS + more_ms), () => {
      lane.timer = undefined;
      this.#land(lane);
      lane.tries++;
      lane.window = 1;
      this.pump();
    });
  }

  /** Nothing of the lane is waited for any more. */
  #land(lane: Lane): void {
    for (const item of lane.items) {
      if (item.flying) this.#flying--;
      item.flying = false;
    }
  }

  #stopTimer(lane: Lane): void {
    this.#parts.clock.cancel(lane.timer);
    lane.timer = undefined;
  }

  #mayCopy(): boolean {
    const { clock } = this.#parts;
    const now = clock.now();
    // A clock that was set back gives nothing.
    const since_ms = Math.max(0, now - this.#copies_at);
    this.#copies = Math.min(COPIES_BURST, this.#copies + (since_ms * COPIES_PER_S) / 1000);
    this.#copies_at = now;
    if (this.#copies >= 1) {
      this.#copies--;
      return true;
    }
    this.#refill ??= clock.after(1000 / COPIES_PER_S, () => {
      this.#refill = undefined;
      this.pump();
    });
    return false;
  }
}

function frameOf({ cmid, room, body, thread, quote, files }: Parcel, cseq: number, cgen: number): SendFrame {
  return {
    t: 'send',
    cmid,
    cseq,
    cgen,
    room,
    // Files go without words.
    ...(body === '' && files !== undefined ? {} : { body }),
    ...(thread === undefined ? {} : { thread }),
    ...(quote === undefined ? {} : { quote }),
    ...(files === undefined ? {} : { files: files.flatMap(({ ready }) => (ready === undefined ? [] : [ready.id])) }),
  };
}
