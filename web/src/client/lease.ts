import type { Channel, Locks, Notes } from './auth';
import type { Clock, Timer } from './clock';

export interface LeaseParts {
  clock: Clock;
  /** What all tabs share: localStorage. */
  notes: Notes;
  /** Says that a lease was given up, so that the next need not wait for its next look. */
  channel?: Channel | undefined;
  /** Unlike that of any other tab. */
  owner: string;
  /** Who has waited this long takes the turn all the same; Infinity: waits for ever. */
  patience_ms?: number;
  /** Who has not renewed a lease for so long counts as gone. It is renewed four times in that. */
  expiry_ms?: number;
  /** How often who waits looks whether it is free. */
  look_ms?: number;
}

/** For work of seconds. Timers of tabs in the background come once a second, and once a minute when they have been there
 *  for minutes: who holds a lease for as long as it lives takes HELD_FOR_LIFE. */
const EXPIRY_MS = 6_000;
const LOOK_MS = 150;
export const HELD_FOR_LIFE = { patience_ms: Number.POSITIVE_INFINITY, expiry_ms: 90_000, look_ms: 2_000 };
/** Of two that take a free lease at once the later writes over the earlier, who sees it when this has passed. */
const SETTLE_MS = 40;
/** Nobody waits longer unless told to: a refresh of the tab before that takes so long is lost anyway. */
const WAIT_MS = 30_000;

/** Turns among the tabs of a browser where there are no Web Locks: they exist only in secure contexts, and a server on
 *  a home network may have no certificate. A note names who has the turn and until when; it ends by itself. Nothing
 *  secret is in it. A page that the browser suspends loses its turn without being asked, and is not told. */
export class LeaseLocks implements Locks {
  readonly #parts: LeaseParts;
  #turns = new Map<string, Promise<unknown>>();
  readonly #held = new Set<string>();
  #looks = new Set<() => void>();

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    if (parts.channel !== undefined) parts.channel.onmessage = () => this.#lookAll();
  }

  request<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const turn = before.then(() => this.#withLease(name, work));
    this.#turns.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** The page goes: what it holds is free at once. Should it come back it takes up again what nobody has taken. */
  leave(): void {
    const { channel, notes, owner } = this.#parts;
    for (const name of this.#held) if (this.#holder(name) === owner) notes.removeItem(name);
    channel?.postMessage('free');
  }

  async #withLease<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { channel } = this.#parts;
    await this.#take(name);
    this.#held.add(name);
    const renewal = this.#renew(name);
    try {
      return await work();
    } finally {
      renewal.stop();
      this.#held.delete(name);
      if (this.#holder(name) === this.#parts.owner) this.#parts.notes.removeItem(name);
      channel?.postMessage('free');
    }
  }

  async #take(name: string): Promise<void> {
    const { clock, owner, patience_ms = WAIT_MS } = this.#parts;
    const give_up_at = clock.now() + patience_ms;
    while (clock.now() < give_up_at) {
      if (this.#holder(name) !== undefined) {
        await this.#look();
        continue;
      }
      this.#write(name);
      // Storage that keeps nothing has nothing to share either.
      if (this.#holder(name) === undefined) return;
      await this.#sleep(SETTLE_MS + clock.random() * SETTLE_MS);
      if (this.#holder(name) === owner) {
        this.#write(name);
        return;
      }
    }
  }

  /** Whose the lease is; undefined: nobody's, or of one who is gone. */
  #holder(name: string): string | undefined {
    const { clock, expiry_ms = EXPIRY_MS, notes } = this.#parts;
    const [owner, until = ''] = (notes.getItem(name) ?? '').split(' ');
    const left = Number(until) - clock.now();
    // A clock that was set back must not make a lease longer.
    return owner !== '' && left > 0 && left <= expiry_ms ? owner : undefined;
  }

  #write(name: string): void {
    const { clock, expiry_ms = EXPIRY_MS, notes, owner } = this.#parts;
    notes.setItem(name, `${owner} ${clock.now() + expiry_ms}`);
  }

  #renew(name: string): { stop(): void } {
    const { clock, expiry_ms = EXPIRY_MS, owner } = this.#parts;
    let timer: Timer;
    const next = (): void => {
      timer = clock.after(expiry_ms / 4, () => {
        const holder = this.#holder(name);
        if (holder === undefined || holder === owner) this.#write(name);
        next();
      });
    };
    next();
    return { stop: () => clock.cancel(timer) };
  }

  #look(): Promise<void> {
    return new Promise((resolve) => {
      const { clock, look_ms = LOOK_MS } = this.#parts;
      const done = (): void => {
        this.#looks.delete(done);
        clock.cancel(timer);
        resolve();
      };
      const timer = clock.after(look_ms, done);
      this.#looks.add(done);
    });
  }

  #lookAll(): void {
    for (const look of [...this.#looks]) look();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(ms, resolve));
  }
}
