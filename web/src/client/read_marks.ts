import type { ReadFrame } from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';

const COALESCE_MS = 250;
/** A mark without an answer is sent again, later each time. */
const AGAIN_BASE_MS = 8_000;
const AGAIN_CAP_MS = 60_000;
/** After a refusal. */
const REFUSED_MS = 1_000;

export interface ReadMarksParts {
  send: (frame: ReadFrame) => boolean;
  clock: Clock;
  /** The generation of places that a mark is of; see ReadPlace. */
  gen: (room: string) => number;
  /** A mark was sent again: of one that it knows already the server tells nothing, but the list of rooms shows it. */
  unanswered: () => void;
}

/** My read positions on their way to the server: the newest of each room, sent again until the server tells of them. */
export class ReadMarks {
  readonly #parts: ReadMarksParts;
  readonly #clock: Clock;
  readonly #unsent = new Map<string, number>();
  #tries = 0;
  #timer: Timer | undefined;
  #due_at = 0;

  constructor(parts: ReadMarksParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
  }

  mark(room: string, seq: number): void {
    if (seq <= (this.#unsent.get(room) ?? 0)) return;
    this.#unsent.set(room, seq);
    this.#tries = 0;
    this.#arm(COALESCE_MS);
  }

  /** A position of the room has yet to be confirmed. */
  waits(room: string): boolean {
    return this.#unsent.has(room);
  }

  /** Sends what is due. A position stays due until `confirmed`, so that a lost frame is made good. */
  flush(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    for (const [room, seq] of this.#unsent) {
      const gen = this.#parts.gen(room);
      this.#parts.send({ t: 'read', room, seq, ...(gen > 0 ? { gen } : {}) });
    }
    if (this.#unsent.size === 0) return;
    if (this.#tries > 0) this.#parts.unanswered();
    this.#arm(AGAIN_BASE_MS + fullJitter(this.#clock, this.#tries++, AGAIN_BASE_MS, AGAIN_CAP_MS));
  }

  /** The server refused a mark and did not say which. */
  refused(): void {
    if (this.#unsent.size > 0) this.#arm(REFUSED_MS + fullJitter(this.#clock, this.#tries++, REFUSED_MS, AGAIN_CAP_MS));
  }

  confirmed(room: string, seq: number): void {
    if (seq >= (this.#unsent.get(room) ?? 0)) this.#unsent.delete(room);
  }

  /** The room's numbers, or the room itself, are gone. */
  forget(room: string): void {
    this.#unsent.delete(room);
  }

  stop(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
  }

  /** What is due earlier stays so. */
  #arm(wait_ms: number): void {
    const due_at = this.#clock.now() + wait_ms;
    if (this.#timer !== undefined && this.#due_at <= due_at) return;
    this.#clock.cancel(this.#timer);
    this.#due_at = due_at;
    this.#timer = this.#clock.after(wait_ms, () => this.flush());
  }
}
