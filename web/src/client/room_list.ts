import { Store } from '@/lib/store';
import type { Event, Room, RoomHead, ServerUser } from '@/protocol/ops.gen';
import { isChange, namesMe, withChange } from './message_state';
import { roomAfter } from './room_events';

export type Rooms = ReadonlyMap<string, Room>;

/** Messages I have not read: computed from the log's own numbers, never counted, so it cannot stick. */
export function unreadOf(room: Room): number {
  return Math.max(0, room.n - room.read_n);
}

/** What of a room is for me: messages that I have not read, or that name me, which those of a thread may. */
export function calls(room: Room): number {
  return Math.max(unreadOf(room), room.mentions?.length ?? 0);
}

/** The rooms I am in. Numbers only grow: of two sources that disagree the later one is right. What is heard of a room
 *  before the list has it is kept and merged in. */
export class RoomList {
  readonly rooms = new Store<Rooms>(new Map());
  /** False until the first list has come. */
  readonly loaded = new Store(false);

  /** How often a room came or went other than by the server's full list: a list asked for before that is out of date. */
  changes = 0;
  /** Which rooms those were since the last full list, and the change that was their last. */
  readonly #changed = new Map<string, number>();

  readonly #me: string;
  readonly #heard = new Map<string, { head: number; n: number }>();

  constructor(me: string) {
    this.#me = me;
  }

  get(id: string): Room | undefined {
    return this.rooms.get().get(id);
  }

  /** The server's full list, asked for when `changes` was `since`: what came or went later stays as it is. */
  replace(list: readonly Room[], since = this.changes): void {
    const next = new Map<string, Room>();
    for (const room of list) if (!this.#hasMoved(room.id, since)) next.set(room.id, this.#merged(room));
    for (const [id, room] of this.rooms.get()) if (this.#hasMoved(id, since)) next.set(id, room);
    this.#changed.clear();
    this.rooms.set(next);
    this.loaded.set(true);
  }

  put(room: Room): void {
    if (this.get(room.id) === undefined) this.#moved(room.id);
    this.rooms.set(new Map(this.rooms.get()).set(room.id, this.#merged(room)));
  }

  remove(id: string): void {
    this.#moved(id);
    this.#heard.delete(id);
    if (!this.rooms.get().has(id)) return;
    const next = new Map(this.rooms.get());
    next.delete(id);
    this.rooms.set(next);
  }

  /** Numbers of another epoch mean nothing any more. */
  forgetNumbers(): void {
    this.#heard.clear();
    const next = new Map<string, Room>();
    for (const room of this.rooms.get().values())
      next.set(room.id, { ...room, head: 0, n: 0, read_seq: 0, read_n: 0, delivered_to: 0, read_to: 0, mentions: [] });
    this.rooms.set(next);
  }

  /** Returns false when the room is not in the list: the list is stale. */
  event(event: Event): boolean {
    const room = this.get(event.room);
    if (room === undefined) {
      this.#hear(event.room, event.seq, event.n);
      return false;
    }
    if (event.seq <= room.head) return true;
    const own = event.sender === this.#me;
    // What I write I have read; what others wrote before it only when I had read that.
    const caught_up = own && unreadOf(room) === 0;
    this.#set({
      ...roomAfter(room, event, this.#me),
      head: event.seq,
      n: Math.max(room.n, event.n),
      ...lastOf(room, event),
      mentions: unreadOnes(mentionsAfter(room, event, this.#me), caught_up ? event.seq : room.read_seq),
      member_count: room.member_count + memberDelta(event),
      ...(caught_up ? { read_seq: event.seq, read_n: Math.max(room.read_n, event.n) } : {}),
    });
    return true;
  }

  /** Returns false when the room is not in the list. */
  head(id: string, head: Pick<RoomHead, 'head' | 'n'>): boolean {
    const room = this.get(id);
    if (room === undefined) {
      this.#hear(id, head.head, head.n);
      return false;
    }
    if (head.head > room.head) this.#set({ ...room, head: head.head, n: Math.max(room.n, head.n) });
    return true;
  }

  read(id: string, seq: number, n: number): void {
    const room = this.get(id);
    if (room === undefined || (seq <= room.read_seq && n <= room.read_n)) return;
    const read_seq = Math.max(room.read_seq, seq);
    this.#set({ ...room, read_seq, read_n: Math.max(room.read_n, n), mentions: unreadOnes(room.mentions, read_seq) });
  }

  /** Somebody else has received and read the room up to these. */
  receipt(id: string, delivered: number, read: number): void {
    const room = this.get(id);
    if (room === undefined) return;
    const read_to = Math.max(room.read_to, read);
    const delivered_to = Math.max(room.delivered_to, delivered, read_to);
    if (read_to !== room.read_to || delivered_to !== room.delivered_to) this.#set({ ...room, delivered_to, read_to });
  }

  /** Returns false when the room must be asked for. */
  user(frame: ServerUser): boolean {
    if (frame.type === 'room_removed') this.remove(frame.room);
    else if (frame.type === 'read') this.read(frame.room, frame.seq ?? 0, frame.n ?? 0);
    else if (frame.room_info !== undefined) this.put(frame.room_info);
    else return this.get(frame.room) !== undefined;
    return true;
  }

  #moved(id: string): void {
    this.#changed.set(id, ++this.changes);
  }

  #hasMoved(id: string, since: number): boolean {
    return (this.#changed.get(id) ?? 0) > since;
  }

  #hear(id: string, head: number, n: number): void {
    const known = this.#heard.get(id);
    if (known === undefined || head > known.head) this.#heard.set(id, { head, n });
  }

  #merged(room: Room): Room {
    const known = this.get(room.id);
    const heard = this.#heard.get(room.id);
    this.#heard.delete(room.id);
    const read_seq = Math.max(room.read_seq, known?.read_seq ?? 0);
    // Of those heard of since the answer it knows nothing.
    const heard_since = (known?.mentions ?? []).filter((seq) => seq > room.head);
    const last = known?.last !== undefined && known.last.seq > (room.last?.seq ?? 0) ? known.last : room.last;
    return {
      ...room,
      head: Math.max(room.head, known?.head ?? 0, heard?.head ?? 0),
      n: Math.max(room.n, known?.n ?? 0, heard?.n ?? 0),
      read_seq,
      mentions: unreadOnes([...(room.mentions ?? []), ...heard_since], read_seq),
      read_n: Math.max(room.read_n, known?.read_n ?? 0),
      delivered_to: Math.max(room.delivered_to ?? 0, known?.delivered_to ?? 0),
      read_to: Math.max(room.read_to ?? 0, known?.read_to ?? 0),
      ...(last === undefined ? {} : { last }),
    };
  }

  #set(room: Room): void {
    this.rooms.set(new Map(this.rooms.get()).set(room.id, room));
  }
}

/** The message that a preview shows: what is said in a thread is not, and what happens to that message changes it. */
function lastOf(room: Room, event: Event): Pick<Room, 'last'> {
  if (!isChange(event)) return { last: event };
  return room.last === undefined ? {} : { last: withChange(room.last, event) };
}

function mentionsAfter(room: Room, event: Event, me: string): number[] {
  const known = room.mentions ?? [];
  if (event.type === 'deleted') return known.filter((seq) => seq !== event.about);
  return namesMe(event, me) ? [...known, event.seq] : known;
}

function unreadOnes(mentions: readonly number[] | undefined, read_seq: number): number[] {
  return (mentions ?? []).filter((seq) => seq > read_seq);
}

function memberDelta(event: Event): number {
  if (event.type === 'joined' || event.type === 'added') return 1;
  return event.type === 'left' || event.type === 'removed' ? -1 : 0;
}
