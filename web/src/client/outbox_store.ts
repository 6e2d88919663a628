import { type IDBPDatabase, openDB } from 'idb';

/** A message that the server has not acknowledged. */
export interface OutboxEntry {
  /** Names the message for ever: minted once, the same in every retry. */
  cmid: string;
  /** Who wrote it. Entries of one person are never shown to, or sent as, another. */
  user: string;
  room: string;
  body: string;
  /** Wall clock of the writing, for the eye only. */
  at: number;
  /** Rises with every message of this user on this device: the order of sending. */
  order: number;
  /** `failed` is a definite no of the server; it stays until the person retries or deletes it. */
  state: 'pending' | 'failed';
  /** Why it failed: an error code of the contract. */
  code?: string;
}

/** Where an outbox outlives the page. */
export interface OutboxStore {
  /** In order of sending. */
  load(user: string): Promise<OutboxEntry[]>;
  put(entry: OutboxEntry): Promise<void>;
  remove(cmid: string): Promise<void>;
}

const VERSION = 1;
const STORE = 'outbox';
const BY_USER = 'by_user';

/** The outbox in IndexedDB: survives reload, crash and a new login of the same user. */
export class IdbOutboxStore implements OutboxStore {
  readonly #db: Promise<IDBPDatabase>;

  constructor(name = 'parley') {
    this.#db = openDB(name, VERSION, {
      upgrade(db) {
        db.createObjectStore(STORE, { keyPath: 'cmid' }).createIndex(BY_USER, 'user');
      },
    });
    // Each use reports the failure itself; a promise nobody has asked yet must not count as unhandled.
    this.#db.catch(() => {});
  }

  async load(user: string): Promise<OutboxEntry[]> {
    const db = await this.#db;
    const entries = (await db.getAllFromIndex(STORE, BY_USER, user)) as OutboxEntry[];
    return entries.sort((a, b) => a.order - b.order);
  }

  async put(entry: OutboxEntry): Promise<void> {
    await (await this.#db).put(STORE, entry);
  }

  async remove(cmid: string): Promise<void> {
    await (await this.#db).delete(STORE, cmid);
  }
}

/** The outbox where nothing can be stored: private windows of some browsers, and bots that do not mind. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #entries = new Map<string, OutboxEntry>();

  async load(user: string): Promise<OutboxEntry[]> {
    return [...this.#entries.values()].filter((entry) => entry.user === user).sort((a, b) => a.order - b.order);
  }

  async put(entry: OutboxEntry): Promise<void> {
    this.#entries.set(entry.cmid, entry);
  }

  async remove(cmid: string): Promise<void> {
    this.#entries.delete(cmid);
  }
}
