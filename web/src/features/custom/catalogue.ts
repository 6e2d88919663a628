import type { Api } from '@/client/api';
import type { Clock, Timer } from '@/client/clock';
import { Store } from '@/lib/store';
import type { Emoji, ServerFrame, StickerPack } from '@/protocol/ops.gen';

/** All who are told of a change would else ask in the same moment. */
const SPREAD_MS = 4_000;
const SOON_MS = 50;
const RETRY_MS = 8_000;

export interface CatalogueParts {
  api: Api;
  clock: Clock;
  /** Tells of every frame. */
  listen: (heard: (frame: ServerFrame) => void) => void;
  notes: Pick<Storage, 'getItem' | 'setItem'>;
}

interface Kept<T> {
  version: number;
  list: readonly T[];
}

/** The server's own emoji and stickers, as of the version that is held. Each is asked for when somebody needs it first, and
 *  again when it changed. */
export class Catalogue {
  /** By name; undefined: not known so far. */
  readonly emoji = new Store<ReadonlyMap<string, Emoji> | undefined>(undefined);
  readonly packs = new Store<readonly StickerPack[] | undefined>(undefined);

  readonly #parts: CatalogueParts;
  readonly #emoji: Shelf<Emoji>;
  readonly #packs: Shelf<StickerPack>;

  constructor(parts: CatalogueParts) {
    const { api } = parts;
    this.#parts = parts;
    this.#emoji = new Shelf(parts, 'parley.custom.emoji', {
      ask: async (query) => {
        const { version, emoji } = await api.call('GET /emoji', { query });
        return { version, list: emoji };
      },
      take: (list) => this.emoji.set(new Map(list.map((one) => [one.name, one]))),
    });
    this.#packs = new Shelf(parts, 'parley.custom.packs', {
      ask: async (query) => {
        const { version, packs } = await api.call('GET /stickers', { query });
        return { version, list: packs };
      },
      take: (list) => this.packs.set(list),
    });
    parts.listen((frame) => {
      if (frame.t === 'pictures') this.#told(frame.version, SPREAD_MS);
      // What was said meanwhile is lost.
      else if (frame.t === 'resumed') this.#told(Number.MAX_SAFE_INTEGER, SPREAD_MS);
    });
  }

  needEmoji(): void {
    this.#emoji.need();
  }

  needPacks(): void {
    this.#packs.need();
  }

  /** What I changed myself is seen at once. */
  refresh(): void {
    this.#told(Number.MAX_SAFE_INTEGER, SOON_MS);
  }

  stop(): void {
    this.#emoji.stop();
    this.#packs.stop();
  }

  #told(version: number, within_ms: number): void {
    const after_ms = Math.min(within_ms, SOON_MS + this.#parts.clock.random() * within_ms);
    this.#emoji.told(version, after_ms);
    this.#packs.told(version, after_ms);
  }
}

interface Ways<T> {
  ask: (query: { version?: number }) => Promise<{ version: number; list: readonly T[] | undefined }>;
  take: (list: readonly T[]) => void;
}

/** One list: kept on this device, asked for with the version that is kept. */
class Shelf<T> {
  readonly #parts: CatalogueParts;
  readonly #key: string;
  readonly #ways: Ways<T>;
  #version = 0;
  #needed = false;
  #stopped = false;
  #timer: Timer | undefined;

  constructor(parts: CatalogueParts, key: string, ways: Ways<T>) {
    this.#parts = parts;
    this.#key = key;
    this.#ways = ways;
  }

  need(): void {
    if (this.#needed) return;
    this.#needed = true;
    const kept = this.#read();
    if (kept !== undefined) {
      this.#version = kept.version;
      this.#ways.take(kept.list);
    }
    this.#soon(0);
  }

  told(version: number, after_ms: number): void {
    if (this.#needed && version > this.#version) this.#soon(after_ms);
  }

  #soon(after_ms: number): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#parts.clock.after(after_ms, () => {
      this.#timer = undefined;
      void this.#ask();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.clock.cancel(this.#timer);
  }

  async #ask(): Promise<void> {
    try {
      const { version, list } = await this.#ways.ask(this.#version === 0 ? {} : { version: this.#version });
      this.#version = version;
      if (list === undefined) return;
      this.#ways.take(list);
      this.#parts.notes.setItem(this.#key, JSON.stringify({ version, list } satisfies Kept<T>));
    } catch {
      this.#soon(RETRY_MS);
    }
  }

  #read(): Kept<T> | undefined {
    try {
      const kept = JSON.parse(this.#parts.notes.getItem(this.#key) ?? '') as Partial<Kept<T>> | null;
      return typeof kept?.version === 'number' && Array.isArray(kept.list) ? (kept as Kept<T>) : undefined;
    } catch {
      return undefined;
    }
  }
}
