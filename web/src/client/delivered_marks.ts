import type { DeliveredFrame } from '@/protocol/ops.gen';
import type { Clock, Timer } from './clock';

/** At most one mark a room in this time. */
const EVERY_MS = 1_000;
/** Marks of one such time; what is over waits for the next. The server takes 20 a second, read positions with them. */
const MOST = 12;
/** Nothing answers a mark: one that was sent this shortly before a connection was lost may have been lost with it. */
const UNSURE_MS = 15_000;

/** How far this device has received each room, told to those who wrote. */
export class DeliveredMarks {
  readonly #send: (frame: DeliveredFrame) => boolean;
  readonly #clock: Clock;
  /** What is to be told; seq by room, the longest waiting first. */
  readonly #due = new Map<string, number>();
  readonly #told = new Map<string, { seq: number; at: number }>();
  #timer: Timer | undefined;

  constructor(send: (frame: DeliveredFrame) => boolean, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** An event of somebody else has come, and all before it. */
  mark(room: string, seq: number): void {
    if (seq <= Math.max(this.#due.get(room) ?? 0, this.#told.get(room)?.seq ?? 0)) return;
    const idle = this.#timer === undefined;
    this.#due.set(room, seq);
    // The first of a while goes at once; what follows within a second goes together.
    if (idle) this.#flush();
  }

  /** Tells again what may have been lost, with what is due. */
  connected(): void {
    const since = this.#clock.now() - UNSURE_MS;
    for (const [room, { seq, at }] of this.#told) if (at >= since) this.#again(room, seq);
    this.#clock.cancel(this.#timer);
    this.#flush();
  }

  /** The server refused a mark and did not say which. */
  refused(): void {
    const since = this.#clock.now() - EVERY_MS;
    for (const [room, { seq, at }] of this.#told) if (at >= since) this.#again(room, seq);
    this.#timer ??= this.#clock.after(EVERY_MS, () => this.#flush());
  }

  /** The room's numbers, or the room itself, are gone. */
  forget(room: string): void {
    this.#due.delete(room);
    this.#told.delete(room);
  }

  stop(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#due.clear();
  }

  #again(room: string, seq: number): void {
    this.#told.delete(room);
    this.#due.set(room, Math.max(seq, this.#due.get(room) ?? 0));
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#due.size === 0) return;
    let left = MOST;
    for (const [room, seq] of this.#due) {
      // Without a connection everything stays due until the next.
      if (left-- === 0 || !this.#send({ t: 'delivered', room, seq })) break;
      this.#due.delete(room);
      this.#told.set(room, { seq, at: this.#clock.now() });
    }
    this.#timer = this.#clock.after(EVERY_MS, () => this.#flush());
  }
}
