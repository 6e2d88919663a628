import type { Socket } from 'node:net';

/** What happens to the bytes of one direction. Nothing set: they pass. */
export interface Flow {
  /** They are taken and kept. Later they go on: as bytes on a broken line are sent again when it is whole. */
  stall?: boolean;
  /** Each arrives so much later. */
  delay_ms?: number;
  /** They are read only so fast, so that the sender feels it. */
  bytes_per_s?: number;
}

type Ending = 'end' | 'reset';
interface Item {
  what: Buffer | Ending;
  due: number;
}

/** Kept for a direction that does not move; beyond it the sender's own buffers fill. */
const KEPT_BYTES = 1 << 20;
const THROTTLE_EVERY_MS = 50;

/** One direction of one connection. */
export class Pipe {
  #flow: Flow = {};
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #queue: Item[] = [];
  #kept = 0;
  #waiting = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.on('data', (bytes) => this.#put(bytes));
    from.on('end', () => this.#put('end'));
    // An end that came by force: nothing more follows on this side, and the other side shall see force, too.
    from.on('close', (by_error) => by_error && this.#put('reset'));
    to.on('drain', () => {
      this.#waiting = false;
      this.#pump();
    });
  }

  set(flow: Flow): void {
    this.#flow = flow;
    this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #put(what: Buffer | Ending): void {
    this.#queue.push({ what, due: Date.now() + (this.#flow.delay_ms ?? 0) });
    if (typeof what !== 'string') this.#kept += what.length;
    if (this.#kept > (this.#flow.bytes_per_s ?? KEPT_BYTES)) this.#from.pause();
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#flow.stall === true || this.#waiting) return;
    const allowed = this.#flow.bytes_per_s;
    let budget = allowed === undefined ? Number.POSITIVE_INFINITY : (allowed * THROTTLE_EVERY_MS) / 1000;
    for (let item = this.#queue[0]; item !== undefined; item = this.#queue[0]) {
      const wait_ms = budget <= 0 ? THROTTLE_EVERY_MS : item.due - Date.now();
      if (wait_ms > 0) {
        this.#timer = setTimeout(() => this.#pump(), wait_ms);
        return;
      }
      this.#queue.shift();
      if (item.what === 'end') this.#to.end();
      else if (item.what === 'reset') this.#to.resetAndDestroy();
      else budget -= this.#write(item.what, budget);
      if (this.#waiting) return;
    }
    this.#from.resume();
  }

  /** Writes what the budget allows; the rest goes back to the front. Returns how much was written. */
  #write(bytes: Buffer, budget: number): number {
    const part = bytes.subarray(0, Math.min(bytes.length, Math.max(1, Math.floor(budget))));
    if (part.length < bytes.length) this.#queue.unshift({ what: bytes.subarray(part.length), due: 0 });
    this.#kept -= part.length;
    if (!this.#to.destroyed && !this.#to.write(part)) this.#waiting = true;
    return part.length;
  }
}
