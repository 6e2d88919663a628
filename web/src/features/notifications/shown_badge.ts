import type { Clock, Timer } from '@/client/clock';

/** What comes into the room that one looks at is read within this. */
export const READ_WITHIN_MS = 200;

/** When the page's title and sign are looked at again. While one looks at the page a message in the open room is unread for
 *  a moment: two signs to be drawn by the browser for each, and none that anybody sees. Elsewhere it is told at once. */
export class ShownBadge {
  readonly #clock: Clock;
  readonly #looks: () => boolean;
  readonly #show: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, looks: () => boolean, show: () => void) {
    this.#clock = clock;
    this.#looks = looks;
    this.#show = show;
  }

  changed(): void {
    if (!this.#looks()) return this.now();
    this.#timer ??= this.#clock.after(READ_WITHIN_MS, () => this.now());
  }

  now(): void {
    this.stop();
    this.#show();
  }

  stop(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
  }
}
