import type { Event, Room, User } from '@/protocol/ops.gen';
import type { KeptLog } from './cache_db';
import { type CacheChange, type CacheWriter, partOf } from './cache_writer';
import type { Chat } from './chat';
import type { Clock, Timer } from './clock';
import { mentionsOf } from './message_state';

export interface CacheKeeperParts {
  chat: Chat;
  writer: CacheWriter;
  clock: Clock;
  /** Runs the work when the page has nothing better to do, within a bounded time. */
  idle: (work: () => void) => void;
  /** How many bytes the device has left for this origin, where it says so. */
  room?: () => Promise<number | undefined>;
}

/** Of each room so many of its last events. */
export const KEPT_EVENTS = 60;
/** What changes within this time is written together. */
const GATHER_MS = 1_500;
/** So much at a time: what stands between two of them may be a key that was pressed. */
const PARTS_AT_ONCE = 8;
const LOGS_AT_ONCE = 4;
const COMPARED_AT_ONCE = 250;
/** While the server is not heard. */
const LATER_MS = 5_000;
/** After a failure, which as a rule is one of the whole device. */
const AGAIN_MS = 5 * 60_000;
/** Of what the device has left the logs take this share at most. */
const SHARE = 0.1;

/** Keeps on the device what the chat holds, off the hot path: gathered, in small steps, when the page is idle. */
export class CacheKeeper {
  readonly #parts: CacheKeeperParts;
  readonly #undo: (() => void)[] = [];
  /** Each room as it was written last. */
  readonly #rooms = new Map<string, Room>();
  readonly #logs = new Set<string>();
  readonly #gone = new Set<string>();
  #timer: Timer | undefined;
  #writing = false;
  #swept = false;
  #stopped = false;

  constructor(parts: CacheKeeperParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { chat, room, writer } = this.#parts;
    this.#undo.push(
      chat.list.rooms.subscribe(() => this.#soon()),
      chat.events.on('held', (id) => {
        this.#logs.add(id);
        this.#soon();
      }),
      chat.events.on('removed', (id) => {
        this.#logs.delete(id);
        this.#rooms.delete(id);
        this.#gone.add(id);
        this.#soon();
      }),
      // What cannot be sent yet is worth more than what can be fetched again.
      chat.outbox.unkept.subscribe(() => {
        if (chat.outbox.unkept.get() > 0) void writer.shed(0).catch(() => {});
      }),
    );
    try {
      await writer.claim();
      const left = await room?.();
      if (left !== undefined) writer.bound(left * SHARE);
    } catch {
      // Tried again with the first writing.
    }
    for (const id of chat.logs.all.keys()) this.#logs.add(id);
    this.#soon();
  }

  stop(): void {
    this.#stopped = true;
    for (const undo of this.#undo.splice(0)) undo();
    this.#parts.clock.cancel(this.#timer);
  }

  /** The page may be gone soon: what is left is written now. */
  flush(): void {
    this.#parts.clock.cancel(this.#timer);
    this.#timer = undefined;
    void this.#write();
  }

  #soon(wait_ms = GATHER_MS): void {
    if (this.#stopped || this.#timer !== undefined || this.#writing) return;
    this.#timer = this.#parts.clock.after(wait_ms, () => {
      this.#timer = undefined;
      this.#parts.idle(() => void this.#write());
    });
  }

  async #write(): Promise<void> {
    const { chat, writer } = this.#parts;
    // What the device showed at the start is no news, and of which epoch it is, only a server can say.
    if (this.#stopped || this.#writing) return;
    if (!chat.synced.get() || chat.epoch === undefined || chat.socket.state.get().status !== 'ready')
      return this.#soon(LATER_MS);
    this.#writing = true;
    const { change, more } = this.#gather(chat.epoch);
    let wait_ms = more ? 0 : undefined;
    try {
      if (!this.#swept) await writer.sweep(new Set(chat.list.rooms.get().keys()));
      this.#swept = true;
      const empty = change.rooms.length + change.logs.length + change.gone.length === 0;
      if (!empty && !(await writer.write(chat.epoch, change))) return this.stop();
    } catch {
      this.#forget(change);
      wait_ms = AGAIN_MS;
    } finally {
      this.#writing = false;
    }
    if (wait_ms !== undefined) this.#soon(wait_ms);
    else if (this.#logs.size + this.#gone.size > 0) this.#soon();
  }

  #gather(epoch: string): { change: CacheChange; more: boolean } {
    const { chat } = this.#parts;
    const rooms: Room[] = [];
    const parts = new Set<number>();
    let [compared, more] = [0, false];
    for (const room of chat.list.rooms.get().values()) {
      const before = this.#rooms.get(room.id);
      if (before === room) continue;
      if (compared++ >= COMPARED_AT_ONCE || (parts.size >= PARTS_AT_ONCE && !parts.has(partOf(room.id)))) {
        more = true;
        continue;
      }
      this.#rooms.set(room.id, room);
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(room)) continue;
      parts.add(partOf(room.id));
      rooms.push(room);
    }
    const logs = [...this.#logs].slice(0, LOGS_AT_ONCE);
    for (const id of logs) this.#logs.delete(id);
    const gone = [...this.#gone].filter((id) => chat.list.get(id) === undefined);
    this.#gone.clear();
    const kept = logs.flatMap((id) => this.#logOf(id, epoch) ?? []);
    return { change: { rooms, logs: kept, gone }, more: more || this.#logs.size > 0 };
  }

  /** It is still to be written. */
  #forget({ rooms, logs, gone }: CacheChange): void {
    for (const room of rooms) this.#rooms.delete(room.id);
    for (const log of logs) this.#logs.add(log.room);
    for (const id of gone) this.#gone.add(id);
    this.#swept = false;
  }

  #logOf(room: string, epoch: string): KeptLog | undefined {
    const { chat } = this.#parts;
    if (chat.list.get(room) === undefined) return undefined;
    const { at_end, at_start, events, kept, status } = chat.log(room).view.get();
    if (status !== 'ready' || !at_end || kept || events.length === 0) return undefined;
    const last = events.slice(-KEPT_EVENTS);
    const people = whoIn(last).flatMap((id) => chat.people.get(id) ?? []);
    return {
      room,
      epoch,
      events: last,
      at_start: at_start && last.length === events.length,
      people: people.map(plain),
    };
  }
}

function whoIn(events: readonly Event[]): string[] {
  const ids = events.flatMap((event) => [event.sender, ...mentionsOf(event)]);
  return [...new Set(ids)].filter((id) => id !== '0');
}

/** What passes with time is left out, and the version: with the next connection all that is told of a person is asked for
 *  anew. */
function plain({
  version: _version,
  status: _status,
  dnd: _dnd,
  about: _about,
  time_zone: _zone,
  ...user
}: User): User {
  return user;
}
