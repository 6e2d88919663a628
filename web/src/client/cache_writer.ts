import type { IDBPTransaction } from 'idb';
import type { Room } from '@/protocol/ops.gen';
import { type CacheDb, type KeptLog, type LogSize, OWNER, type Schema, STORES } from './cache_db';

type Change = IDBPTransaction<Schema, (typeof STORES)[number][], 'readwrite'>;

/** What has become of rooms since the last writing. */
export interface CacheChange {
  rooms: readonly Room[];
  logs: readonly KeptLog[];
  /** Rooms that are not mine any more. */
  gone: readonly string[];
}

export interface Limits {
  rooms: number;
  bytes: number;
}

/** Of rooms looked at; the list itself is always kept whole. */
export const LIMITS: Limits = { rooms: 200, bytes: 20 * 1024 * 1024 };
/** In how many records the list of rooms lies. */
export const PARTS = 32;
/** What is left when there was no room for more. */
const SHED_SHARE = 0.5;

export function partOf(room: string): number {
  return Number(room.slice(-6)) % PARTS;
}

/** Writes what CacheDb reads. All tabs of a person write into the same place: of each room what goes further stays, whoever
 *  comes last. */
export class CacheWriter {
  readonly #db: CacheDb;
  readonly #user: string;
  #limits: Limits;

  constructor(db: CacheDb, user: string, limits = LIMITS) {
    this.#db = db;
    this.#user = user;
    this.#limits = limits;
  }

  /** From now on it is of this person. What another left goes. */
  async claim(): Promise<void> {
    const change = await this.#begin();
    const owner = await change.objectStore('owner').get(OWNER);
    if (owner?.user !== this.#user) await this.#begin_anew(change, '');
    await change.done;
  }

  /** Less than the limits, where the device has little to give. */
  bound(bytes: number): void {
    this.#limits = { ...this.#limits, bytes: Math.min(this.#limits.bytes, bytes) };
  }

  /** Returns false when it is not of this person any more: nothing is to be written. Where there is no room, old logs go
   *  and it is tried once more. */
  async write(epoch: string, what: CacheChange): Promise<boolean> {
    try {
      return await this.#write(epoch, what);
    } catch (error) {
      if (!isFull(error)) throw error;
      await this.shed();
      return await this.#write(epoch, what);
    }
  }

  /** Gives back room: the logs not used for longest go. `share`: how much of them stays. */
  async shed(share = SHED_SHARE): Promise<void> {
    const change = await this.#begin();
    const sizes = await change.objectStore('sizes').getAll();
    const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0) * share;
    this.bound(Math.max(bytes, 1));
    this.#trim(change, sizes, { rooms: this.#limits.rooms, bytes });
    await change.done;
  }

  /** Logs of rooms that are not in the list go, too. */
  async sweep(mine: ReadonlySet<string>): Promise<void> {
    const change = await this.#begin();
    const owner = await change.objectStore('owner').get(OWNER);
    if (owner?.user === this.#user) {
      for (const room of await change.objectStore('sizes').getAllKeys()) if (!mine.has(room)) this.#drop(change, room);
      await this.#sweepLists(change, mine);
    }
    await change.done;
  }

  async #begin(): Promise<Change> {
    return (await this.#db.open()).transaction([...STORES], 'readwrite', { durability: 'relaxed' });
  }

  async #begin_anew(change: Change, epoch: string): Promise<void> {
    for (const name of STORES) void change.objectStore(name).clear();
    await change.objectStore('owner').put({ user: this.#user, epoch }, OWNER);
  }

  async #write(epoch: string, what: CacheChange): Promise<boolean> {
    const change = await this.#begin();
    const done = change.done;
    // Said by what fails first; both are the same failure.
    done.catch(() => {});
    const owner = await change.objectStore('owner').get(OWNER);
    if (owner?.user !== this.#user) return false;
    if (owner.epoch !== epoch) await this.#begin_anew(change, epoch);
    await this.#writeList(change, what);
    for (const room of what.gone) this.#drop(change, room);
    for (const log of what.logs) await this.#writeLog(change, log);
    if (what.logs.length > 0) this.#trim(change, await change.objectStore('sizes').getAll(), this.#limits);
    await done;
    return true;
  }

  async #writeList(change: Change, { rooms, gone }: CacheChange): Promise<void> {
    const lists = change.objectStore('lists');
    const parts = new Set([...rooms.map((room) => room.id), ...gone].map(partOf));
    for (const part of parts) {
      const held = new Map((JSON.parse((await lists.get(part)) ?? '[]') as Room[]).map((room) => [room.id, room]));
      for (const room of rooms) {
        if (partOf(room.id) === part && !isFurther(held.get(room.id), room)) held.set(room.id, room);
      }
      for (const id of gone) held.delete(id);
      await lists.put(JSON.stringify([...held.values()]), part);
    }
  }

  async #sweepLists(change: Change, mine: ReadonlySet<string>): Promise<void> {
    const lists = change.objectStore('lists');
    for (const part of await lists.getAllKeys()) {
      const held = JSON.parse((await lists.get(part)) ?? '[]') as Room[];
      const left = held.filter((room) => mine.has(room.id));
      if (left.length < held.length) await lists.put(JSON.stringify(left), part);
    }
  }

  async #writeLog(change: Change, log: KeptLog): Promise<void> {
    const last = log.events.at(-1)?.seq ?? 0;
    const known = await change.objectStore('sizes').get(log.room);
    if (known !== undefined && known.last > last) return;
    const text = JSON.stringify(log);
    await change.objectStore('logs').put(text, log.room);
    await change.objectStore('sizes').put({ room: log.room, last, bytes: text.length, at: Date.now() }, log.room);
  }

  #trim(change: Change, sizes: readonly LogSize[], limits: Limits): void {
    let { length: rooms } = sizes;
    let bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
    for (const size of [...sizes].sort((a, b) => a.at - b.at)) {
      if (rooms <= limits.rooms && bytes <= limits.bytes) return;
      this.#drop(change, size.room);
      rooms--;
      bytes -= size.bytes;
    }
  }

  #drop(change: Change, room: string): void {
    void change.objectStore('logs').delete(room);
    void change.objectStore('sizes').delete(room);
  }
}

/** Another tab has heard more of the room. */
function isFurther(held: Room | undefined, mine: Room): boolean {
  if (held === undefined || held.head < mine.head) return false;
  if (held.head > mine.head) return true;
  const [a, b] = [held.read_gen ?? 0, mine.read_gen ?? 0];
  return a > b || (a === b && held.read_seq > mine.read_seq);
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
