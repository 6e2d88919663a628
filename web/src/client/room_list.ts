import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import type { Event, Room, RoomHead, ServerUser } from '@/protocol/ops.gen';
import { mentionsAfter, type ThreadPlaces, unreadMentions } from './mentions';
import { withChange } from './message_state';
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

/** How far I have read a room. Within a generation it only grows; marking messages as unread again begins a new one. */
export interface ReadPlace {
  seq: number;
  n: number;
  gen: number;
}

/** The rooms I am in. Numbers only grow, but for my own place of a later generation: of two sources that disagree the later
 *  one is right. What is heard of a room before the list has it is kept and merged in. */
export class RoomList {
  readonly rooms = new Store<Rooms>(new Map());
  /** False until the first list has come. */
  readonly loaded = new Store(false);
  /** Messages of a room were marked as unread again, here or elsewhere. */
  readonly events = new Emitter<{ back: string }>();

  /** How often a room came or went other than by the server's full list: a list asked for before that is out of date. */
  changes = 0;
  /** Which rooms those were since the last full list, and the change that was their last. */
  readonly #changed = new Map<string, number>();

  readonly #me: string;
  readonly #heard = new Map<string, { head: number; n: number }>();
  /** Up to where threads are read, by room and root: an answer from before that does not bring a mention back. */
  readonly #threads = new Map<string, number>();

  constructor(me: string) {
    this.#me = me;
  }

  get(id: string): Room | undefined {
    return this.rooms.get().get(id);
  }

  /** The server's full list, asked for when `changes` was `since`: what came or went later stays as it is. */
  replace(list: readonly Room[], since = this.changes): void {
    const next = new Map<string, Room>();
    const back = list.filter((room) => this.#goesBack(room));
    for (const room of list) if (!this.#hasMoved(room.id, since)) next.set(room.id, this.#merged(room));
    for (const [id, room] of this.rooms.get()) if (this.#hasMoved(id, since)) next.set(id, room);
    this.#changed.clear();
    this.rooms.set(next);
    this.loaded.set(true);
    for (const room of back) this.events.emit('back', room.id);
  }

  /** One room of mine, before the first list: what that says of it is merged in, and no list is out of date by it. */
  foresee(room: Room): void {
    if (!this.loaded.get()) this.#set(this.#merged(room));
  }

  put(room: Room): void {
    if (this.get(room.id) === undefined) this.#moved(room.id);
    const back = this.#goesBack(room);
    this.rooms.set(new Map(this.rooms.get()).set(room.id, this.#merged(room)));
    if (back) this.events.emit('back', room.id);
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
    this.#threads.clear();
    const none = { head: 0, n: 0, read_seq: 0, read_n: 0, read_gen: 0, delivered_to: 0, read_to: 0, mentions: [] };
    const next = new Map<string, Room>();
    for (const room of this.rooms.get().values()) next.set(room.id, { ...room, ...none });
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
    if (own && event.type === 'reply' && event.about !== undefined) this.#noteThread(room.id, event.about, event.seq);
    // Who writes in a room has read it so far; the server takes it so, too (docs/reading.md).
    const wrote = event.type === 'message' ? event.seq : 0;
    const read_seq = own ? Math.max(room.read_seq, wrote) : room.read_seq;
    this.#set({
      ...roomAfter(room, event, this.#me),
      head: event.seq,
      n: Math.max(room.n, event.n),
      ...lastOf(room, event),
      ...unreadMentions(mentionsAfter(room, event, this.#me), read_seq, this.#places(room.id)),
      member_count: room.member_count + memberDelta(event, this.#me),
      ...(own && wrote > 0 ? { read_seq, read_n: Math.max(room.read_n, event.n) } : {}),
      ...(own ? {} : { delivered_to: Math.max(room.delivered_to, wrote) }),
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

  /** Without a generation: of the one that is known. */
  read(id: string, place: Omit<ReadPlace, 'gen'> & { gen?: number | undefined }): void {
    const room = this.get(id);
    if (room === undefined) return;
    const before = placeOf(room);
    const after = laterOf(before, { ...place, gen: place.gen ?? before.gen });
    if (after.gen === before.gen && after.seq === before.seq && after.n === before.n) return;
    this.#set({ ...room, ...placed(after), ...unreadMentions(room, after.seq, this.#places(id)) });
    if (after.gen > before.gen) this.events.emit('back', id);
  }

  /** I have read a thread, or without a root all threads of the room, up to here. */
  readThread(id: string, root: number | undefined, seq: number): void {
    this.#noteThread(id, root ?? 0, seq);
    const room = this.get(id);
    if (room === undefined) return;
    const left = unreadMentions(room, room.read_seq, this.#places(id));
    if (left.mentions?.length !== room.mentions?.length) this.#set({ ...room, ...left });
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
    else if (frame.type === 'read')
      this.read(frame.room, { seq: frame.seq ?? 0, n: frame.n ?? 0, gen: frame.gen ?? 0 });
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

  /** It is known to stand further, in an earlier generation. */
  #goesBack(room: Room): boolean {
    const known = this.get(room.id);
    return known !== undefined && (room.read_gen ?? 0) > (known.read_gen ?? 0);
  }

  #noteThread(room: string, root: number, seq: number): void {
    const key = `${room}.${root}`;
    this.#threads.set(key, Math.max(this.#threads.get(key) ?? 0, seq));
  }

  #places(room: string): ThreadPlaces {
    const all = this.#threads.get(`${room}.0`) ?? 0;
    return (root) => Math.max(all, this.#threads.get(`${room}.${root}`) ?? 0);
  }

  #merged(room: Room): Room {
    const known = this.get(room.id);
    const heard = this.#heard.get(room.id);
    this.#heard.delete(room.id);
    const place = known === undefined ? placeOf(room) : laterOf(placeOf(known), placeOf(room));
    // Of those heard of since the answer it knows nothing.
    const heard_since = (known?.mentions ?? []).filter((seq) => seq > room.head);
    const mentions = [...(room.mentions ?? []), ...heard_since];
    const mention_roots = { ...known?.mention_roots, ...room.mention_roots };
    const last = known?.last !== undefined && known.last.seq > (room.last?.seq ?? 0) ? known.last : room.last;
    return {
      ...room,
      head: Math.max(room.head, known?.head ?? 0, heard?.head ?? 0),
      n: Math.max(room.n, known?.n ?? 0, heard?.n ?? 0),
      ...placed(place),
      ...unreadMentions({ mentions, mention_roots }, place.seq, this.#places(room.id)),
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
  if (event.type === 'message') return { last: event };
  return room.last === undefined ? {} : { last: withChange(room.last, event) };
}

function placeOf(room: Room): ReadPlace {
  return { seq: room.read_seq, n: room.read_n, gen: room.read_gen ?? 0 };
}

function placed({ seq, n, gen }: ReadPlace): Pick<Room, 'read_seq' | 'read_n' | 'read_gen'> {
  return { read_seq: seq, read_n: n, ...(gen > 0 ? { read_gen: gen } : {}) };
}

function laterOf(a: ReadPlace, b: ReadPlace): ReadPlace {
  if (a.gen !== b.gen) return a.gen > b.gen ? a : b;
  return { seq: Math.max(a.seq, b.seq), n: Math.max(a.n, b.n), gen: a.gen };
}

/** Of a room that I go out of nobody counts the others any more: that would ask for them. */
function memberDelta(event: Event, me: string): number {
  if (event.type === 'joined' || event.type === 'added') return 1;
  if (event.type !== 'left' && event.type !== 'removed') return 0;
  return String(event.data?.user ?? event.sender) === me ? 0 : -1;
}
