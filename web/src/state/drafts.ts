import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';

/** What one user has written and not sent, by room. Saved as typed; survives reload, logging out and in. */
export class Drafts {
  /** The rooms that have one; changes when that does, not with every key. */
  readonly rooms: Store<ReadonlySet<string>>;
  #texts: Map<string, string>;
  readonly #key: string;

  constructor(user: string) {
    this.#key = `parley.drafts.${user}`;
    this.#texts = read(this.#key);
    this.rooms = new Store(new Set(this.#texts.keys()));
    // What another tab keeps must not be written over from here. Heard as long as the page lives, as the drafts do.
    globalThis.addEventListener?.('storage', (event) => {
      if (event.key === this.#key) this.#reread();
    });
  }

  #reread(): void {
    this.#texts = read(this.#key);
    this.rooms.set(new Set(this.#texts.keys()));
  }

  get(room: string): string {
    return this.#texts.get(room) ?? '';
  }

  set(room: string, text: string): void {
    if (text === this.get(room)) return;
    if (text.trim() === '') this.#texts.delete(room);
    else this.#texts.set(room, text);
    if (this.rooms.get().has(room) !== this.#texts.has(room)) this.rooms.set(new Set(this.#texts.keys()));
    storage.setItem(this.#key, JSON.stringify(Object.fromEntries(this.#texts)));
  }
}

function read(key: string): Map<string, string> {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '{}');
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    return new Map();
  }
}
