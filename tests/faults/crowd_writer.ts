import type { CrowdClient } from './crowd_client.ts';
import type { CrowdRoom } from './crowd_room.ts';
import { digestOf, type Recorder } from './history.ts';
import type { Random } from './random.ts';
import { now } from './time.ts';

export interface WriterParts {
  clients: readonly CrowdClient[];
  rooms: readonly CrowdRoom[];
  random: Random;
  recorder: Recorder;
  rate_per_s: number;
}

const TICK_MS = 20;
/** A person stops writing when nothing gets through. */
const WAITING_MOST = 150;
/** How often somebody writes some at once, so that they fly one behind the other, and how many. */
const BURSTS = 0.1;
const BURST_MOST = 12;
/** Share of the messages that are long, and their length. */
const LONG = 0.01;
const LONG_CHARS = 10_000;
/** Share of the messages that are written to a room by somebody who is out of it, when there is one. */
const TO_CLOSED = 0.03;
const WORDS = [
  'ja',
  'naïve',
  'Москва',
  '東京',
  'مرحبا',
  '👩‍👩‍👧',
  'e\u0301',
  '<b>&amp;</b>',
  '"quoted\\"',
  '\u2028',
  'tab\there',
  'two\nlines',
];

/** Writes messages that nobody else writes, at a rate that chance spreads. */
export class CrowdWriter {
  sent = 0;
  acked = 0;
  held_back = 0;
  /** Of the acks: when each came, and how long it took. */
  readonly waits: { at: number; ms: number }[] = [];

  readonly #parts: WriterParts;
  readonly #written = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#due = now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  acked_one(cmid: string): void {
    const written_at = this.#written.get(cmid);
    if (written_at === undefined) return;
    this.#written.delete(cmid);
    this.acked++;
    this.waits.push({ at: now(), ms: now() - written_at });
  }

  #tick(): void {
    const { random, rate_per_s } = this.#parts;
    // A process that was kept from running does not make good for it.
    this.#due = Math.max(this.#due, now() - 1_000);
    while (this.#due <= now()) {
      const at_once = random.next() < BURSTS ? random.between(2, BURST_MOST) : 1;
      this.#due += (-Math.log(1 - random.next()) * 1_000 * at_once) / rate_per_s;
      this.#write(at_once);
    }
  }

  #write(at_once: number): void {
    const { clients, random, rooms } = this.#parts;
    const closed = random.next() < TO_CLOSED;
    const room = random.pick(rooms);
    const outside = clients.filter(({ me }) => rooms.some((one) => one.isOut(me.id)));
    if (closed && outside.length > 0) {
      const client = random.pick(outside);
      this.write(client, random.pick(rooms.filter((one) => one.isOut(client.me.id))));
      return;
    }
    const inside = clients.filter(({ me, open }) => open && room.inside.has(me.id));
    if (inside.length === 0) return;
    const client = random.pick(inside);
    for (let n = 0; n < at_once; n++) this.write(client, room);
  }

  /** Writes one message, unless too many wait. */
  write({ c, chat, me, open }: CrowdClient, room: CrowdRoom): void {
    if (!open || chat.outbox.entries.get().length > WAITING_MOST) {
      this.held_back++;
      return;
    }
    const body = this.#body(c);
    const at = now();
    const cmid = chat.send(room.id, body);
    this.#written.set(cmid, at);
    this.sent++;
    const digest = digestOf(body);
    this.#parts.recorder.put({ e: 'invoke', at, c, user: me.id, room: room.id, cmid, digest });
  }

  #body(c: string): string {
    const { random } = this.#parts;
    const tail = Math.floor(random.next() * 2 ** 40).toString(36);
    const word = random.pick(WORDS);
    const filling = random.next() < LONG ? ` ${'lorem ipsum '.repeat(LONG_CHARS / 12)}` : '';
    return `${c} ${this.sent} ${word} ${tail}${filling}.`;
  }
}
