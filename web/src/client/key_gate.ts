import type { ServerFrame } from '@/protocol/ops.gen';
import type { Clock, Timer } from './clock';
import type { Gate } from './socket';

/** So long after a key another one is likely. */
export const TYPES_MS = 150;
/** Nothing waits longer. */
export const MOST_MS = 150;

/** What others do. All else is an answer to what was done here, and is late for nobody. */
const NEWS: readonly ServerFrame['t'][] = ['event', 'presence', 'receipt', 'typing', 'user'];

export interface KeyGateParts {
  clock: Clock;
  me: string;
  handOn: (frame: ServerFrame) => void;
}

/**
 * Keeps what others write out of the way of who types: a key that comes while it is drawn would be seen a frame or two later.
 *
 * While keys follow each other news waits until the next of them has been painted, and comes then as one: one drawing for
 * all, in the time between two keys. It waits for MOST_MS at most; where nobody types, and behind an answer or an event of my
 * own, for nothing. The order of frames stays.
 */
export class KeyGate implements Gate {
  readonly #parts: KeyGateParts;
  readonly #kept: ServerFrame[] = [];
  #timer: Timer | undefined;
  #types_until = 0;

  constructor(parts: KeyGateParts) {
    this.#parts = parts;
  }

  /** A key was pressed in a field. */
  pressed(): void {
    this.#types_until = this.#parts.clock.now() + TYPES_MS;
  }

  /** What the last key did is on the screen. */
  painted(): void {
    this.open();
  }

  keeps(frame: ServerFrame): boolean {
    const { clock, me } = this.#parts;
    const mine = frame.t === 'event' && frame.sender === me;
    if (mine || !NEWS.includes(frame.t) || (clock.now() >= this.#types_until && this.#kept.length === 0)) {
      this.open();
      return false;
    }
    this.#kept.push(frame);
    this.#timer ??= clock.after(MOST_MS, () => this.open());
    return true;
  }

  open(): void {
    this.#parts.clock.cancel(this.#timer);
    this.#timer = undefined;
    for (let frame = this.#kept.shift(); frame !== undefined; frame = this.#kept.shift()) this.#parts.handOn(frame);
  }
}
