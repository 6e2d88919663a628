import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';

/** What one user has written and not sent, by room. Saved as typed; survives reload, logging out and in. */
export class Drafts {
  readonly rooms: Store<ReadonlyMap<string, string>>;
  readonly #key: string;

  constructor(user: string) {
    this.#key = `parley.drafts.${user}`;
    this.rooms = new Store(read(this.#key));
  }

  get(room: string): string {
    return this.rooms.get().get(room) ?? '';
  }

  set(room: string, text: string): void {
    if (text === this.get(room)) return;
    const next = new Map(this.rooms.get());
    if (text.trim() === '') next.delete(room);
    else next.set(room, text);
    this.rooms.set(next);
    storage.setItem(this.#key, JSON.stringify(Object.fromEntries(next)));
  }
}

function read(key: string): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '{}');
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    return new Map();
  }
}
