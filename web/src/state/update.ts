import { Store } from '@/lib/store';

/** The part of a service worker's registration that is used. */
export interface Registration extends EventTarget {
  readonly waiting: Worker | null;
  readonly installing: Worker | null;
  update(): Promise<unknown>;
}

interface Worker extends EventTarget {
  readonly state: string;
  postMessage(message: unknown): void;
}

/** The part of navigator.serviceWorker that is used. */
export interface Workers extends EventTarget {
  readonly controller: unknown;
  register(url: string, options: { updateViaCache: 'none' }): Promise<Registration>;
}

export interface UpdateParts {
  workers: Workers;
  reload: () => void;
}

/** How often an open page asks whether there is a new version; each load of a page asks, too. */
export const ASK_EVERY_MS = 60 * 60 * 1000;
/** A worker that does not take over in this time is left where it is: the page is loaded again as it stands. */
export const TAKE_OVER_MS = 4_000;

/** Knows when another version of the client lies ready. It changes nothing by itself: whoever uses the page says when. */
export class Update {
  readonly ready = new Store(false);

  readonly #parts: UpdateParts;
  /** The page was loaded by a worker: one that takes its place later is another version. */
  readonly #controlled: boolean;
  #registration: Registration | undefined;
  #wanted = false;
  #asked_at = 0;

  constructor(parts: UpdateParts) {
    this.#parts = parts;
    this.#controlled = parts.workers.controller !== null;
    parts.workers.addEventListener('controllerchange', () => this.#changed());
  }

  async start(): Promise<void> {
    try {
      this.#registration = await this.#parts.workers.register('/sw.js', { updateViaCache: 'none' });
    } catch {
      // Forbidden here, or not reachable now: the client works without, and the next load tries again.
      return;
    }
    // Where workers are blocked some browsers answer with nothing.
    if (this.#registration === undefined) return;
    this.#asked_at = Date.now();
    this.#registration.addEventListener('updatefound', () => this.#follow());
    this.#follow();
    this.#look();
  }

  /** Whether there is a newer one, asked now and then. */
  ask(): void {
    if (this.#registration === undefined || Date.now() - this.#asked_at < ASK_EVERY_MS) return;
    this.#asked_at = Date.now();
    this.#registration.update().catch(() => {});
  }

  /** The person wants it. */
  take(): void {
    const waiting = this.#registration?.waiting;
    this.#wanted = true;
    if (waiting === undefined || waiting === null) return this.#parts.reload();
    waiting.postMessage('take over');
    setTimeout(this.#parts.reload, TAKE_OVER_MS);
  }

  #follow(): void {
    const coming = this.#registration?.installing;
    coming?.addEventListener('statechange', () => this.#look());
  }

  #look(): void {
    const waiting = this.#registration?.waiting;
    if (this.#controlled && waiting !== undefined && waiting !== null) this.ready.set(true);
  }

  /** Another tab has taken the new version: this one still runs the old. */
  #changed(): void {
    if (this.#wanted) this.#parts.reload();
    else if (this.#controlled) this.ready.set(true);
  }
}
