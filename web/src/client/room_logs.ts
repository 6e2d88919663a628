import type { Store } from '@/lib/store';
import type { Api } from './api';
import type { KeptLog } from './cache_db';
import type { Clock } from './clock';
import type { Kept } from './kept';
import type { People } from './people';
import type { RoomList } from './room_list';
import { type KeptRun, RoomLog } from './room_log';

/** The part of a chat that is used. */
interface Owner {
  api: Api;
  list: RoomList;
  people: People;
  synced: Store<boolean>;
  epoch: string | undefined;
}

export interface RoomLogsParts {
  chat: Owner;
  clock: Clock;
  kept: Kept | undefined;
  changed: (room: string, log: RoomLog) => void;
}

/** The logs of the rooms that were looked at. */
export class RoomLogs {
  readonly all = new Map<string, RoomLog>();
  /** The room being looked at. */
  active: string | undefined;

  readonly #parts: RoomLogsParts;

  constructor(parts: RoomLogsParts) {
    this.#parts = parts;
  }

  /** Made when asked for the first time. */
  of(room: string): RoomLog {
    const known = this.all.get(room);
    if (known !== undefined) return known;
    const { changed, chat, clock, kept } = this.#parts;
    const read = kept === undefined ? undefined : async () => this.#run(await kept.log(room));
    const params = { room };
    const log = new RoomLog((query) => chat.api.call('GET /rooms/{room}/messages', { params, query }), clock, read);
    this.all.set(room, log);
    const first = this.#run(kept?.first(room));
    if (first !== undefined) log.restore(first);
    log.view.subscribe(() => changed(room, log));
    return log;
  }

  /** The one before keeps only a little. */
  activate(room: string | undefined): void {
    if (this.active === room) return;
    const before = this.active;
    this.active = room;
    if (before !== undefined) this.all.get(before)?.rest();
  }

  remove(room: string): void {
    this.all.get(room)?.clear(true);
    this.all.delete(room);
  }

  clear(): void {
    for (const log of this.all.values()) log.clear();
  }

  /** What of it may be shown: of another epoch nothing. */
  #run(kept: KeptLog | undefined): KeptRun | undefined {
    const { epoch, list, people, synced } = this.#parts.chat;
    if (kept === undefined || kept.epoch !== epoch) return undefined;
    people.put(kept.people);
    const head = synced.get() ? list.get(kept.room)?.head : undefined;
    return { events: kept.events, at_start: kept.at_start, head };
  }
}
