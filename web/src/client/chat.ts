import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import type { Event, Room, ServerFrame, ServerResumed, ServerWelcome, User } from '@/protocol/ops.gen';
import { Api } from './api';
import type { Auth } from './auth';
import type { Clock, Timer } from './clock';
import { ApiError } from './error';
import type { Http } from './http';
import { Outbox } from './outbox';
import type { OutboxStore } from './outbox_store';
import { People } from './people';
import { PresenceBook } from './presence';
import { ReadMarks } from './read_marks';
import { RoomList } from './room_list';
import { RoomLog } from './room_log';
import { Socket, type WebSocketLike } from './socket';
import { TypingBook, TypingTeller } from './typing';

export interface ChatParts {
  me: User;
  auth: Auth;
  http: Http;
  clock: Clock;
  store: OutboxStore;
  ws_url: string;
  /** Names this client instance to the server; a new one for every page. */
  device: string;
  openSocket: (url: string, protocols: string[]) => WebSocketLike;
  uuid: () => string;
}

export interface ChatEvents {
  /** Somebody else's message has just been written. Not told of history. */
  message: Event;
  /** I am in this room no longer. */
  removed: string;
}

const LIST_AGAIN_MS = 300;
const LIST_RETRY_MS = 2_000;

/** Everything of one logged-in person: the connection, the rooms and their logs, people, and what is being sent. Wires the
 *  modules of this directory together; holds no rule of its own that one of them could hold. */
export class Chat {
  readonly me: User;
  readonly api: Api;
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly list: RoomList;
  readonly people: People;
  readonly presence: PresenceBook;
  readonly typing: TypingBook;
  readonly teller: TypingTeller;
  readonly events = new Emitter<ChatEvents>();
  /** Set when the first list of rooms could not be loaded; being tried again. */
  readonly list_error = new Store<string | undefined>(undefined);

  readonly #auth: Auth;
  readonly #clock: Clock;
  readonly #logs = new Map<string, RoomLog>();
  readonly #marks: ReadMarks;
  readonly #undo: (() => void)[] = [];
  #active: string | undefined;
  #epoch: string | undefined;
  /** What the last resume said is held. */
  #cursors: Record<string, number> = {};
  #useq = 0;
  #own_state: 'online' | 'away' = 'online';
  #list_timer: Timer | undefined;
  #listing = false;
  #list_again = false;
  #stopped = false;

  constructor(parts: ChatParts) {
    const { auth, clock, me } = parts;
    this.me = me;
    this.#auth = auth;
    this.#clock = clock;
    this.api = new Api(parts.http, auth);
    this.socket = new Socket({
      url: parts.ws_url,
      device: parts.device,
      clock,
      open: parts.openSocket,
      token: () => auth.token(),
      refused: (token) => auth.replace(token),
    });
    this.outbox = new Outbox({
      user: me.id,
      store: parts.store,
      clock,
      send: (frame) => this.socket.send(frame),
      uuid: parts.uuid,
    });
    this.list = new RoomList(me.id);
    this.people = new People(async (ids) => {
      return (await this.api.call('GET /users', { query: { ids: ids.join(','), limit: ids.length } })).users;
    }, clock);
    this.people.put([me]);
    this.presence = new PresenceBook(async (ids) => {
      return (await this.api.call('GET /presence', { query: { users: ids.join(',') } })).users;
    }, clock);
    this.typing = new TypingBook(clock);
    this.teller = new TypingTeller((frame) => this.socket.send(frame), clock);
    this.#marks = new ReadMarks((frame) => this.socket.send(frame), clock);
  }

  start(): void {
    this.#undo.push(
      this.socket.events.on('welcome', (frame) => this.#welcomed(frame)),
      this.socket.events.on('frame', (frame) => this.#received(frame)),
      this.socket.events.on('down', () => this.#down()),
      this.#auth.events.on('token', (token) => this.socket.renew(token)),
    );
    void this.outbox.load();
    this.socket.start();
    this.refreshList();
  }

  stop(): void {
    this.#stopped = true;
    for (const undo of this.#undo.splice(0)) undo();
    this.teller.stopped();
    this.socket.stop();
    this.outbox.stop();
    this.typing.clear();
    this.#marks.stop();
    this.#clock.cancel(this.#list_timer);
    for (const log of this.#logs.values()) log.clear();
  }

  /** The log of a room; made when asked for the first time. */
  log(room: string): RoomLog {
    let log = this.#logs.get(room);
    if (log === undefined) {
      log = new RoomLog(
        (query) => this.api.call('GET /rooms/{room}/messages', { params: { room }, query }),
        this.#clock,
      );
      this.#logs.set(room, log);
    }
    return log;
  }

  /** The room being looked at; the one before keeps only a little. */
  activate(room: string | undefined): void {
    if (this.#active === room) return;
    const before = this.#active;
    this.#active = room;
    if (before !== undefined) this.#logs.get(before)?.rest();
  }

  /** Takes a message for sending and returns its cmid. */
  send(room: string, body: string): string {
    this.teller.stopped();
    return this.outbox.add(room, body);
  }

  /** I have seen the room up to this event. */
  markRead(room: string, event: { seq: number; n: number }): void {
    const known = this.list.get(room);
    if (known === undefined || event.seq <= known.read_seq) return;
    this.list.read(room, event.seq, event.n);
    this.#marks.mark(room, event.seq);
  }

  /** This device is in use, or idle. */
  setOwnState(state: 'online' | 'away'): void {
    if (state === this.#own_state) return;
    this.#own_state = state;
    this.socket.send({ t: 'presence', state });
  }

  async openDm(user: string): Promise<Room> {
    const room = await this.api.call('POST /dms', { body: { user } });
    this.#adopt(room);
    return room;
  }

  async createRoom(room: {
    name: string;
    kind: 'public' | 'private';
    topic?: string;
    members?: string[];
  }): Promise<Room> {
    const made = await this.api.call('POST /rooms', { body: room });
    this.#adopt(made);
    return made;
  }

  async join(room: string): Promise<Room> {
    const joined = await this.api.call('POST /rooms/{room}/join', { params: { room } });
    this.#adopt(joined);
    return joined;
  }

  async leave(room: string): Promise<void> {
    await this.api.call('POST /rooms/{room}/leave', { params: { room } });
    this.#removed(room);
  }

  async addMember(room: string, user: string): Promise<void> {
    await this.api.call('POST /rooms/{room}/members', { params: { room }, body: { user } });
  }

  /** Loads the list of my rooms again, soon; calls that come together make one request. */
  refreshList(): void {
    if (this.#listing) {
      this.#list_again = true;
      return;
    }
    this.#listing = true;
    this.#clock.cancel(this.#list_timer);
    void this.#loadList();
  }

  #refreshListSoon(wait_ms: number): void {
    this.#clock.cancel(this.#list_timer);
    this.#list_timer = this.#clock.after(wait_ms, () => this.refreshList());
  }

  async #loadList(): Promise<void> {
    try {
      const { rooms } = await this.api.call('GET /rooms', {});
      if (this.#stopped) return;
      const before = [...this.list.rooms.get().keys()];
      this.#meet(rooms);
      this.list.replace(rooms);
      this.list_error.set(undefined);
      for (const id of before) if (this.list.get(id) === undefined) this.#removed(id);
      for (const room of rooms) {
        this.#marks.confirmed(room.id, room.read_seq);
        this.#logs.get(room.id)?.noteHead(room.head, true);
      }
    } catch (error) {
      if (this.#stopped) return;
      this.list_error.set(error instanceof ApiError ? error.message : 'Something went wrong.');
      if (error instanceof ApiError && error.retryable) this.#refreshListSoon(LIST_RETRY_MS);
    } finally {
      this.#listing = false;
      if (this.#list_again && !this.#stopped) {
        this.#list_again = false;
        this.#refreshListSoon(LIST_AGAIN_MS);
      }
    }
  }

  #welcomed(frame: ServerWelcome): void {
    const first = this.#epoch === undefined;
    if (!first && frame.epoch !== this.#epoch) this.#newEpoch();
    this.#epoch = frame.epoch;
    const cursors: Record<string, number> = {};
    for (const room of this.list.rooms.get().values()) {
      const view = this.#logs.get(room.id)?.view.get();
      const held = view?.status === 'ready' && view.at_end ? view.events.at(-1)?.seq : undefined;
      cursors[room.id] = held ?? room.head;
    }
    this.#cursors = cursors;
    this.socket.send({ t: 'resume', epoch: frame.epoch, useq: this.#useq, cursors });
    if (this.#own_state === 'away') this.socket.send({ t: 'presence', state: 'away' });
    this.outbox.connected();
    this.#marks.flush();
    if (first) return;
    this.refreshList();
    this.presence.refresh();
  }

  #down(): void {
    this.outbox.disconnected();
    this.typing.clear();
  }

  /** The server was put back to an earlier time: what is held may never have happened. What I have not got acknowledged
   *  stays, and is sent again. */
  #newEpoch(): void {
    this.#useq = 0;
    this.list.forgetNumbers();
    for (const [room, log] of this.#logs) {
      this.#marks.forget(room);
      log.clear();
      if (room === this.#active) void log.openNewest();
    }
  }

  #received(frame: ServerFrame): void {
    switch (frame.t) {
      case 'event':
        return this.#event(frame);
      case 'ack':
        return this.#acked(frame.cmid, frame);
      case 'nack':
        return this.outbox.nacked(frame);
      case 'resumed':
        return this.#resumed(frame);
      case 'head':
        for (const [room, seq] of Object.entries(frame.rooms)) this.#told(room, seq);
        return;
      case 'typing':
        if (frame.user === this.me.id) return;
        this.people.need([frame.user]);
        return this.typing.heard(frame.room, frame.user, frame.on);
      case 'presence':
        return this.presence.put(frame.users);
      case 'user':
        this.#useq = Math.max(this.#useq, frame.useq);
        if (frame.room_info !== undefined) this.#meet([frame.room_info]);
        if (frame.type === 'read') this.#marks.confirmed(frame.room, frame.seq ?? 0);
        if (frame.type === 'room_removed') return this.#removed(frame.room);
        if (!this.list.user(frame)) this.refreshList();
        return;
      default:
        return;
    }
  }

  #event(event: Event): void {
    const fresh = event.seq > (this.list.get(event.room)?.head ?? 0);
    this.typing.heard(event.room, event.sender, false);
    this.people.need([event.sender]);
    if (!this.list.event(event)) this.#refreshListSoon(LIST_AGAIN_MS);
    // What I write counts as read by the list; the server, and by it my other devices, must hear of it.
    if (fresh && event.sender === this.me.id && this.list.get(event.room)?.read_seq === event.seq)
      this.#marks.mark(event.room, event.seq);
    // The log first: the row of a message must not be gone from the one before it is in the other.
    this.#logs.get(event.room)?.apply(event);
    if (event.cmid !== undefined) this.outbox.settle(event.cmid);
    if (fresh && event.type === 'message' && event.sender !== this.me.id) this.events.emit('message', event);
  }

  #acked(cmid: string, ack: { room: string; seq: number; n: number; id: string; ts: number }): void {
    const entry = this.outbox.entries.get().find((one) => one.cmid === cmid);
    if (entry === undefined) return;
    const { room, seq, n, id, ts } = ack;
    this.#event({ room, seq, n, id, type: 'message', sender: this.me.id, cmid, ts, body: entry.body });
  }

  #resumed(frame: ServerResumed): void {
    let stale = false;
    for (const [room, head] of Object.entries(frame.rooms)) {
      if (!this.list.head(room, head)) stale = true;
      const log = this.#logs.get(room);
      if (log === undefined) continue;
      if ((this.#cursors[room] ?? 0) > head.head) {
        log.clear();
        if (room === this.#active) void log.openNewest();
      } else log.noteHead(head.head, head.limited);
    }
    for (const id of this.list.rooms.get().keys()) if (frame.rooms[id] === undefined) stale = true;
    if (stale && this.list.loaded.get()) this.refreshList();
  }

  /** A head without its count: the log catches up from it, and the list is asked for what it counts. */
  #told(room: string, seq: number): void {
    const known = this.list.get(room);
    if (known !== undefined && seq <= known.head) return;
    this.#logs.get(room)?.noteHead(seq, true);
    this.#refreshListSoon(LIST_AGAIN_MS);
  }

  #adopt(room: Room): void {
    this.#meet([room]);
    this.list.put(room);
  }

  #removed(room: string): void {
    this.list.remove(room);
    this.#marks.forget(room);
    this.#logs.get(room)?.clear();
    this.#logs.delete(room);
    this.events.emit('removed', room);
  }

  #meet(rooms: readonly Room[]): void {
    const peers = rooms.flatMap((room) => (room.peer === undefined ? [] : [room.peer]));
    this.people.put(peers);
    this.presence.watch(peers.map((peer) => peer.id));
  }
}
