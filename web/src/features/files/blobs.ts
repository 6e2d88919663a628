import { type IDBPDatabase, openDB } from 'idb';

const STORE = 'blobs';
const BY_AT = 'by_at';

/** The bytes of files that are not with the server yet, for as long as it takes. A database of its own: pages of an older
 *  version know nothing of it. Every method may fail: storage may be forbidden, full or broken. */
export class Blobs {
  readonly #name: string;
  #db: Promise<IDBPDatabase> | undefined;

  constructor(name = 'parley-files') {
    this.#name = name;
  }

  async put(key: string, blob: Blob, at: number): Promise<void> {
    await (await this.#open()).put(STORE, { key, blob, at });
  }

  async get(key: string): Promise<Blob | undefined> {
    const row = (await (await this.#open()).get(STORE, key)) as { blob: Blob } | undefined;
    return row?.blob;
  }

  async remove(keys: readonly string[]): Promise<void> {
    const change = (await this.#open()).transaction(STORE, 'readwrite');
    await Promise.all([...keys.map((key) => change.store.delete(key)), change.done]);
  }

  /** Removes what was put before `at`, but for those that are still needed. */
  async sweep(at: number, needed: ReadonlySet<string>): Promise<void> {
    const db = await this.#open();
    const old = (await db.getAllKeysFromIndex(STORE, BY_AT, IDBKeyRange.upperBound(at))).map(String);
    await this.remove(old.filter((key) => !needed.has(key)));
  }

  #open(): Promise<IDBPDatabase> {
    const forget = (): void => {
      this.#db = undefined;
    };
    this.#db ??= openDB(this.#name, 1, {
      upgrade: (db) => void db.createObjectStore(STORE, { keyPath: 'key' }).createIndex(BY_AT, 'at'),
      blocking: (_now, _next, event) => {
        forget();
        (event.target as IDBDatabase).close();
      },
      terminated: forget,
    }).catch((error: unknown) => {
      forget();
      throw error;
    });
    return this.#db;
  }
}
