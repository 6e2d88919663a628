import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { Database } from '@/lib/database';
import type { Attachment } from '@/protocol/ops.gen';

/** The shape of entries that this page writes. Entries of a later shape, or of a kind unknown here, stay in the store
 *  untouched for the page that knows them. */
export const ENTRY_VERSION = 2;

/** A file of a message that is not stored yet. Its bytes are kept elsewhere, under its key (features/files/blobs.ts). */
export interface OutboxFile {
  key: string;
  name: string;
  size: number;
  /** What the browser calls it: for how it is shown until the server has said what it is. */
  type: string;
  width?: number;
  height?: number;
  /** Of what was recorded here. */
  duration_ms?: number;
  waveform?: string;
  /** Where the upload goes on, once the server has begun it. */
  url?: string;
  /** It is with the server, whole. */
  ready?: Attachment;
}

/** A message that the server has not acknowledged. */
export interface OutboxEntry {
  v: typeof ENTRY_VERSION;
  /** What is to be sent: a text, one that has its place by `thread` or `quote`, or one with files. A page that knows only
   *  texts leaves the others alone, where it would send them without. */
  kind: 'text' | 'reply' | 'files';
  body: string;
  /** The root of the thread that it is for. */
  thread?: number;
  /** The message that is shown above it. */
  quote?: number;
  /** They are uploaded first: a message is sent when all of them are ready. */
  files?: readonly OutboxFile[];
  /** Names the message for ever: the same in every copy that is sent. Another one when its author tries again what was
   *  refused. */
  cmid: string;
  /** Who wrote it. Entries of one person are never shown to, or sent as, another. */
  user: string;
  /** The tab whose outbox sends it: the one it was written in, or one that adopted it. Empty: nobody's so far. */
  device: string;
  room: string;
  /** Wall clock of the writing, for the eye only. */
  at: number;
  /** Rises with every message of this user on this device: the order of sending. */
  order: number;
  /** `failed` is a definite no of the server; it stays until the person retries or deletes it. */
  state: 'pending' | 'failed';
  /** Why it failed: an error code of the contract. */
  code?: string;
}

/** Where a message stands other than at the end of its room. */
export type Place = Pick<OutboxEntry, 'thread' | 'quote'>;

/** Whether it must wait for its files. */
export function isUploading(entry: OutboxEntry): boolean {
  return entry.files?.some((file) => file.ready === undefined) === true;
}

/** Whether this page knows how to send it. */
export function isKnown(entry: { v?: unknown; kind?: unknown }): boolean {
  return entry.v === ENTRY_VERSION && ['text', 'reply', 'files'].includes(String(entry.kind));
}

/** Where an outbox outlives the page. Every method may fail: storage may be forbidden, full or broken. */
export interface OutboxStore {
  /** In order of sending. */
  load(user: string): Promise<OutboxEntry[]>;
  /** `instead_of`: that one goes in the same step. */
  put(entry: OutboxEntry, instead_of?: string): Promise<void>;
  remove(cmid: string): Promise<void>;
  /** Gives the entries of one device to another, all or none, and returns them in order of sending. */
  adopt(user: string, from: string, to: string): Promise<OutboxEntry[]>;
}

const VERSION = 2;
const STORE = 'outbox';
const BY_USER = 'by_user';

/** The outbox in IndexedDB: survives reload, crash and a new login of the same user. */
export class IdbOutboxStore implements OutboxStore {
  readonly #db: Database;

  constructor(name = 'parley') {
    this.#db = new Database(name, VERSION, (db, from, _to, change) =>
      upgrade(db, from, change as IDBPTransaction<unknown, string[], 'versionchange'>),
    );
  }

  async load(user: string): Promise<OutboxEntry[]> {
    const db = await this.#db.open();
    return readable(await db.getAllFromIndex(STORE, BY_USER, user));
  }

  async put(entry: OutboxEntry, instead_of?: string): Promise<void> {
    const change = (await this.#db.open()).transaction(STORE, 'readwrite');
    const gone = instead_of === undefined ? undefined : change.store.delete(instead_of);
    const written = [change.store.put(entry), gone, change.done];
    // Left to itself it commits when the page has heard of the write: a page that is reloaded before that has written nothing.
    change.commit();
    await Promise.all(written);
  }

  async remove(cmid: string): Promise<void> {
    await (await this.#db.open()).delete(STORE, cmid);
  }

  async adopt(user: string, from: string, to: string): Promise<OutboxEntry[]> {
    const change = (await this.#db.open()).transaction(STORE, 'readwrite');
    const all = readable(await change.store.index(BY_USER).getAll(user));
    const adopted = all.filter((entry) => entry.device === from).map((entry) => ({ ...entry, device: to }));
    await Promise.all(adopted.map((entry) => change.store.put(entry)));
    await change.done;
    return adopted;
  }
}

async function upgrade(
  db: IDBPDatabase,
  from: number,
  change: IDBPTransaction<unknown, string[], 'versionchange'>,
): Promise<void> {
  if (from === 0) {
    db.createObjectStore(STORE, { keyPath: 'cmid' }).createIndex(BY_USER, 'user');
    return;
  }
  // Version 1 knew only texts, and sent them from whichever page was open.
  const store = change.objectStore(STORE);
  for (const old of await store.getAll()) await store.put({ ...old, v: ENTRY_VERSION, kind: 'text', device: '' });
}

function readable(values: { v?: unknown; kind?: unknown }[]): OutboxEntry[] {
  const entries = values.filter(isKnown) as OutboxEntry[];
  return entries.sort((a, b) => a.order - b.order);
}

/** The outbox where nothing can be stored: bots that do not mind, and tests. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #entries = new Map<string, OutboxEntry>();

  async load(user: string): Promise<OutboxEntry[]> {
    return [...this.#entries.values()].filter((entry) => entry.user === user).sort((a, b) => a.order - b.order);
  }

  async put(entry: OutboxEntry, instead_of?: string): Promise<void> {
    this.#entries.set(entry.cmid, entry);
    if (instead_of !== undefined) this.#entries.delete(instead_of);
  }

  async remove(cmid: string): Promise<void> {
    this.#entries.delete(cmid);
  }

  async adopt(user: string, from: string, to: string): Promise<OutboxEntry[]> {
    const adopted = (await this.load(user)).filter((entry) => entry.device === from);
    for (const entry of adopted) this.#entries.set(entry.cmid, { ...entry, device: to });
    return adopted.map((entry) => ({ ...entry, device: to }));
  }
}
