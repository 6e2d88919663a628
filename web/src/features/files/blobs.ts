import { Database } from '@/lib/database';

const STORE = 'blobs';
const BY_AT = 'by_at';

/** The bytes of files that are not with the server yet, for as long as it takes. A database of its own: pages of an older
 *  version know nothing of it. Every method may fail: storage may be forbidden, full or broken. */
export class Blobs {
  readonly #db: Database;

  constructor(name = 'parley-files') {
    this.#db = new Database(name, 1, (db) => {
      db.createObjectStore(STORE, { keyPath: 'key' }).createIndex(BY_AT, 'at');
    });
  }

  async put(key: string, blob: Blob, at: number): Promise<void> {
    await (await this.#db.open()).put(STORE, { key, blob, at });
  }

  async get(key: string): Promise<Blob | undefined> {
    const row = (await (await this.#db.open()).get(STORE, key)) as { blob: Blob } | undefined;
    return row?.blob;
  }

  async remove(keys: readonly string[]): Promise<void> {
    const change = (await this.#db.open()).transaction(STORE, 'readwrite');
    await Promise.all([...keys.map((key) => change.store.delete(key)), change.done]);
  }

  /** Removes what was put before `at`, but for those that are still needed. */
  async sweep(at: number, needed: ReadonlySet<string>): Promise<void> {
    const db = await this.#db.open();
    const old = (await db.getAllKeysFromIndex(STORE, BY_AT, IDBKeyRange.upperBound(at))).map(String);
    await this.remove(old.filter((key) => !needed.has(key)));
  }
}
