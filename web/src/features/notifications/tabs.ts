import type { Locks, Notes } from '@/client/auth';

/** What has been told is remembered for so many messages: as many as come within the time that tabs may lie apart. */
const KEPT = 200;
/** A tab that looks says so again and again; one that crashed is believed for as long. */
const LOOK_MS = 45_000;
const LOOK_AGAIN_MS = 15_000;

export interface TabsParts {
  user: string;
  /** Names this tab among them. */
  tab: string;
  notes: Notes;
  locks?: Locks | undefined;
  now: () => number;
}

/** Several tabs hear of each message, and one of them notifies: whichever takes it first. None leads, so it does not matter
 *  which of them the browser has put to sleep. What a person looks at in one of them counts in all. */
export class Tabs {
  readonly #parts: TabsParts;
  readonly #told: string;
  readonly #looking: string;
  /** Where the person looks in this tab. */
  #place: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: TabsParts) {
    this.#parts = parts;
    this.#told = `parley.told.${parts.user}`;
    this.#looking = `parley.looking.${parts.user}`;
  }

  /** Of these messages, those that no tab has taken before; they are this one's now. */
  async take(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const { locks } = this.#parts;
    const take = async (): Promise<ReadonlySet<string>> => this.#take(keys);
    try {
      return await (locks === undefined ? take() : locks.request(this.#told, take));
    } catch {
      // A tab that holds the lock does not answer. Twice is better than not at all.
      return take();
    }
  }

  /** Where the person looks in this tab; undefined: nowhere. */
  look(place: string | undefined): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#place = place;
    if (place === undefined) {
      if (this.#seen()?.tab === this.#parts.tab) this.#parts.notes.removeItem(this.#looking);
      return;
    }
    const note = (): void => {
      const until = this.#parts.now() + LOOK_MS;
      this.#parts.notes.setItem(this.#looking, JSON.stringify({ tab: this.#parts.tab, place, until }));
    };
    note();
    this.#timer = setInterval(note, LOOK_AGAIN_MS);
  }

  /** Where the person looks, in whichever tab. */
  looksAt(): string | undefined {
    if (this.#place !== undefined) return this.#place;
    const seen = this.#seen();
    return seen !== undefined && seen.until > this.#parts.now() ? seen.place : undefined;
  }

  #take(keys: readonly string[]): ReadonlySet<string> {
    const told = this.#read();
    const fresh = new Set(keys.filter((key) => !told.includes(key)));
    if (fresh.size > 0) this.#parts.notes.setItem(this.#told, JSON.stringify([...told, ...fresh].slice(-KEPT)));
    return fresh;
  }

  #read(): string[] {
    const kept = parsed(this.#parts.notes.getItem(this.#told));
    return Array.isArray(kept) ? kept.filter((key): key is string => typeof key === 'string') : [];
  }

  #seen(): { tab: string; place: string; until: number } | undefined {
    const kept = parsed(this.#parts.notes.getItem(this.#looking));
    const { tab, place, until } = (kept ?? {}) as { tab?: unknown; place?: unknown; until?: unknown };
    if (typeof tab !== 'string' || typeof place !== 'string' || typeof until !== 'number') return undefined;
    return { tab, place, until };
  }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
