import type { CacheDb, KeptList, KeptLog } from './cache_db';
import type { Clock } from './clock';

/** Storage that has not answered by then is passed over: the server is asked, as on a first visit. */
export const READ_WITHIN_MS = 500;

/** What this device has of one person, as a chat takes it. Never fails: what cannot be read is not there. */
export class Kept {
  /** Of the rooms, once loaded. */
  list: KeptList | undefined;

  readonly #db: CacheDb;
  readonly #user: string;
  readonly #clock: Clock;
  #first: KeptLog | undefined;

  constructor(db: CacheDb, user: string, clock: Clock) {
    this.#db = db;
    this.#user = user;
    this.#clock = clock;
  }

  /** Reads the list and the room that the page opens with, so that both are there when it is drawn first. */
  async load(room: string | undefined): Promise<void> {
    const first = room === undefined ? undefined : this.log(room);
    this.list = await this.#inTime(this.#db.list(this.#user));
    this.#first = await first;
  }

  /** Of the room that was loaded with the list. */
  first(room: string): KeptLog | undefined {
    return this.#first?.room === room ? this.#first : undefined;
  }

  log(room: string): Promise<KeptLog | undefined> {
    return this.#inTime(this.#db.log(this.#user, room));
  }

  async #inTime<T>(work: Promise<T>): Promise<T | undefined> {
    let timer: unknown;
    const late = new Promise<undefined>((resolve) => {
      timer = this.#clock.after(READ_WITHIN_MS, () => resolve(undefined));
    });
    try {
      return await Promise.race([work, late]);
    } catch {
      return undefined;
    } finally {
      this.#clock.cancel(timer);
    }
  }
}
