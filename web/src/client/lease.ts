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
}

/** Who holds a lease renews it so often; who has not for EXPIRY_MS is gone. Timers of tabs in the background come once
 *  a second at most. */
const RENEW_MS = 1_500;
const EXPIRY_MS = 6_000;
/** Of two that take a free lease at once the later writes over the earlier, who sees it when this has passed. */
const SETTLE_MS = 40;
const LOOK_MS = 150;
/** Nobody waits longer unless told to: a refresh of the tab before that takes so long is lost anyway. */
const WAIT_MS = 30_000;

/** Turns among the tabs of a browser where there are no Web Locks: they exist only in secure contexts, and a server on
 *  a home network may have no certificate. A note names who has the turn and until when; it ends by itself. Nothing
 *  secret is in it. */
export class LeaseLocks implements Locks {
  readonly #parts: LeaseParts;
  #turns = new Map<string, Promise<unknown>>();
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

  async #withLease<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { channel } = this.#parts;
    await this.#take(name);
    const renewal = this.#renew(name);
    try {
      return await work();
    } finally {
      renewal.stop();
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
    const { clock, notes } = this.#parts;
    const [owner, until = ''] = (notes.getItem(name) ?? '').split(' ');
    const left = Number(until) - clock.now();
    // A clock that was set back must not make a lease longer.
    return owner !== '' && left > 0 && left <= EXPIRY_MS ? owner : undefined;
  }

  #write(name: string): void {
    const { clock, notes, owner } = this.#parts;
    notes.setItem(name, `${owner} ${clock.now() + EXPIRY_MS}`);
  }

  #renew(name: string): { stop(): void } {
    const { clock, owner } = this.#parts;
    let timer: Timer;
    const next = (): void => {
      timer = clock.after(RENEW_MS, () => {
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
      const { clock } = this.#parts;
      const done = (): void => {
        this.#looks.delete(done);
        clock.cancel(timer);
        resolve();
      };
      const timer = clock.after(LOOK_MS, done);
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
