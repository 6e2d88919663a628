import type { DBSchema, IDBPDatabase } from 'idb';
import { Database } from '@/lib/database';
import type { Event, Room, User } from '@/protocol/ops.gen';

/** The last events of a room as its log held them: one run, up to the room's end as it was then. */
export interface KeptLog {
  room: string;
  /** Events of another epoch mean nothing. */
  epoch: string;
  events: readonly Event[];
  /** The first event of the room is among them. */
  at_start: boolean;
  /** Whom they name. */
  people: readonly User[];
}

/** The rooms of one person as they were when the server was last heard. */
export interface KeptList {
  epoch: string;
  rooms: Room[];
}

export interface Schema extends DBSchema {
  /** One record: whose all the rest is. */
  owner: { key: string; value: { user: string; epoch: string } };
  /** The list of rooms in parts, so that a message in one of thousands does not write them all. JSON: it is read faster than
   *  as many objects, and its length is known. */
  lists: { key: number; value: string };
  /** A KeptLog as JSON, by room. */
  logs: { key: string; value: string };
  /** What is known of a log without reading it. */
  sizes: { key: string; value: LogSize };
}

export interface LogSize {
  room: string;
  /** The seq of its last event. */
  last: number;
  bytes: number;
  /** When it was written last, which is when the room was looked at or heard of. */
  at: number;
}

export const STORES = ['owner', 'lists', 'logs', 'sizes'] as const;
export const OWNER = 'owner';
const VERSION = 1;

/** What this device keeps for reading without a network. It belongs to one person at a time: every use says whose it is to
 *  be, in the same transaction, so nobody is shown what another left. What writes is in cache_writer.ts: it is not needed
 *  for the first look. Every method may fail: storage may be forbidden, full or broken. */
export class CacheDb {
  readonly #db: Database<Schema>;

  constructor(name = 'parley.cache') {
    this.#db = new Database<Schema>(name, VERSION, (db) => {
      for (const name of STORES) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name);
    });
  }

  async list(user: string): Promise<KeptList | undefined> {
    const read = (await this.open()).transaction(['owner', 'lists']);
    const [owner, parts] = await Promise.all([
      read.objectStore('owner').get(OWNER),
      read.objectStore('lists').getAll(),
    ]);
    if (owner?.user !== user || owner.epoch === '' || parts.length === 0) return undefined;
    return { epoch: owner.epoch, rooms: parts.flatMap((part) => JSON.parse(part) as Room[]) };
  }

  async log(user: string, room: string): Promise<KeptLog | undefined> {
    const read = (await this.open()).transaction(['owner', 'logs']);
    const [owner, text] = await Promise.all([read.objectStore('owner').get(OWNER), read.objectStore('logs').get(room)]);
    return owner?.user !== user || text === undefined ? undefined : (JSON.parse(text) as KeptLog);
  }

  /** Nothing of anybody stays. What a page that has not heard of it writes later is refused, for there is no owner. */
  async wipe(): Promise<void> {
    const change = (await this.open()).transaction(STORES, 'readwrite');
    await Promise.all([...STORES.map((name) => change.objectStore(name).clear()), change.done]);
  }

  open(): Promise<IDBPDatabase<Schema>> {
    return this.#db.open();
  }
}
