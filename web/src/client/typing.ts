import { Store } from '@/lib/store';
import type { TypingFrame } from '@/protocol/ops.gen';
import type { Clock, Timer } from './clock';

/** A typist not heard of for so long has stopped. */
export const FORGET_MS = 6_000;
/** One frame at most in this time while typing goes on. */
export const TELL_EVERY_MS = 3_000;

/** Who is typing where, as others tell. */
export class TypingBook {
  /** Room → users, in the order they began. */
  readonly rooms = new Store<ReadonlyMap<string, readonly string[]>>(new Map());

  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  heard(room: string, user: string, on: boolean): void {
    const key = `${room} ${user}`;
    this.#clock.cancel(this.#timers.get(key));
    this.#timers.delete(key);
    const now = this.rooms.get().get(room) ?? [];
    if (on) {
      this.#timers.set(
        key,
        this.#clock.after(FORGET_MS, () => this.heard(room, user, false)),
      );
      if (!now.includes(user)) this.#set(room, [...now, user]);
    } else if (now.includes(user)) {
      this.#set(
        room,
        now.filter((id) => id !== user),
      );
    }
  }

  clear(): void {
    for (const timer of this.#timers.values()) this.#clock.cancel(timer);
    this.#timers.clear();
    this.rooms.set(new Map());
  }

  #set(room: string, users: readonly string[]): void {
    const next = new Map(this.rooms.get());
    if (users.length === 0) next.delete(room);
    else next.set(room, users);
    this.rooms.set(next);
  }
}

/** Tells others that I am typing, not more often than they need. */
export class TypingTeller {
  readonly #send: (frame: TypingFrame) => void;
  readonly #clock: Clock;
  #room = '';
  #told_at = 0;

  constructor(send: (frame: TypingFrame) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  typed(room: string): void {
    const now = this.#clock.now();
    if (room !== this.#room) this.stopped();
    else if (now - this.#told_at < TELL_EVERY_MS) return;
    this.#room = room;
    this.#told_at = now;
    this.#send({ t: 'typing', room, on: true });
  }

  stopped(): void {
    if (this.#room === '') return;
    // Silence of this length has told it already.
    if (this.#clock.now() - this.#told_at < FORGET_MS) this.#send({ t: 'typing', room: this.#room, on: false });
    this.#room = '';
  }
}
