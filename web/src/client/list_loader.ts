import { Store } from '@/lib/store';
import type { Clock, Timer } from './clock';
import { ApiError, saidOf } from './error';

const AGAIN_MS = 300;
const RETRY_MS = 2_000;

/** Loads the list of rooms again whenever it may be stale: one request at a time, and those that come together are one. */
export class ListLoader {
  /** Set when it could not be loaded; being tried again unless that is hopeless. */
  readonly error = new Store<string | undefined>(undefined);

  readonly #load: () => Promise<void>;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #due_at = 0;
  #loading = false;
  #again = false;
  #stopped = false;

  constructor(load: () => Promise<void>, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
  }

  /** Now; when it is under way, once more behind that. */
  refresh(): void {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    this.#cancel();
    void this.#run();
  }

  /** What is due earlier stays so. */
  soon(wait_ms = AGAIN_MS): void {
    const due_at = this.#clock.now() + wait_ms;
    if (this.#stopped || (this.#timer !== undefined && this.#due_at <= due_at)) return;
    this.#cancel();
    this.#due_at = due_at;
    this.#timer = this.#clock.after(wait_ms, () => {
      this.#timer = undefined;
      this.refresh();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #run(): Promise<void> {
    try {
      await this.#load();
      this.error.set(undefined);
    } catch (error) {
      if (this.#stopped) return;
      this.error.set(saidOf(error));
      if (error instanceof ApiError && error.retryable) this.soon(RETRY_MS);
    } finally {
      this.#loading = false;
      if (this.#again) this.soon();
      this.#again = false;
    }
  }

  #cancel(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
  }
}
