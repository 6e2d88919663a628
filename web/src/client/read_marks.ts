import type { ReadFrame } from '@/protocol/ops.gen';
import type { Clock, Timer } from './clock';

const COALESCE_MS = 250;

/** My read positions on their way to the server: the newest of each room, sent again after a reconnect. */
export class ReadMarks {
  readonly #send: (frame: ReadFrame) => boolean;
  readonly #clock: Clock;
  readonly #unsent = new Map<string, number>();
  #timer: Timer | undefined;

  constructor(send: (frame: ReadFrame) => boolean, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  mark(room: string, seq: number): void {
    if (seq <= (this.#unsent.get(room) ?? 0)) return;
    this.#unsent.set(room, seq);
    this.#timer ??= this.#clock.after(COALESCE_MS, () => this.flush());
  }

  /** Sends what is due. A position stays due until `confirmed`, so that a lost frame is made good at the next connection. */
  flush(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    for (const [room, seq] of this.#unsent) this.#send({ t: 'read', room, seq });
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
}
