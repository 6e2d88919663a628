import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import type {
  Event,
  PendingAck,
  Rest,
  ResumeFrame,
  Room,
  ServerBatch,
  ServerError,
  ServerFrame,
  ServerResumed,
  ServerUser,
  ServerWelcome,
  User,
} from '@/protocol/ops.gen';
import { Account } from './account';
import { Api } from './api';
import type { Auth } from './auth';
import type { ChatEvents, ChatParts } from './chat_parts';
import type { Clock, Timer } from './clock';
import { Conversation } from './conversation';
import { DeliveredMarks } from './delivered_marks';
import { isRetryable } from './error';
import { ListLoader } from './list_loader';
import { isSaid, mentionsOf, storedAs, withMyGroups } from './message_state';
import { Outbox } from './outbox';
import type { OutboxFile, Place } from './outbox_store';
import { OwnLog } from './own_log';
import { People } from './people';
import { PresenceBook } from './presence';
import { Reading } from './reading';
import { cursorsOf, Resumption } from './resumption';
import { RoomList, unreadOf } from './room_list';
import { GAP_WAIT_MS, type RoomLog } from './room_log';
import { RoomLogs } from './room_logs';
import { Socket } from './socket';
import { TypingBook, TypingTeller } from './typing';

export type { ChatEvents, ChatParts };

/** After a reconnect nothing needs the list but receipts: a crowd that comes back together does not ask for it together. */
const LIST_SPREAD_MS = 3_000;
/** What may be stored already is sent again when the server has said what it has, or has not said it within this time. */
const HOLD_MS = 1_000;
/** So many lists in a row may be thrown away because a room came or went meanwhile. */
const MAX_DISCARDS = 3;

/** Everything of one logged-in person: the connection, the rooms and their logs, people, and what is being sent. Wires the
 *  modules of this directory together; holds no rule of its own that one of them could hold. */
export class Chat {
  readonly me: User;
  readonly api: Api;
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly list: RoomList;
  readonly logs: RoomLogs;
  readonly conversation: Conversation;
  readonly account: Account;
  readonly reading: Reading;
  readonly people: People;
  readonly presence: PresenceBook;
  readonly typing: TypingBook;
  readonly teller: TypingTeller;
  readonly events = new Emitter<ChatEvents>();
  /** Set when the list of rooms could not be loaded; being tried again. */
  readonly list_error: Store<string | undefined>;
  /** The list is the server's: until then it is what this device kept, or none. */
  readonly synced = new Store(false);
  /** Of which all numbers are. */
  epoch: string | undefined;

  readonly #auth: Auth;
  readonly #clock: Clock;
  readonly #delivered: DeliveredMarks;
  readonly #resumption: Resumption;
  readonly #loader: ListLoader;
  readonly #own = new OwnLog();
  readonly #undo: (() => void)[] = [];
  /** What the last resume said is held. */
  #cursors: Record<string, number> = {};
  #own_state: 'online' | 'away' = 'online';
  /** The list is of another epoch, or none has come: cursors must not be taken from it. */
  #list_stale = true;
  #to_resume = false;
  #welcomed_once = false;
  /** Lists thrown away in a row. */
  #discards = 0;
  #hold: Timer | undefined;
  #heads: Timer | undefined;
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
      urgent: () => this.outbox.pending().length > 0,
      refused: (token) => auth.replace(token),
    });
    this.outbox = new Outbox({
      user: me.id,
      device: parts.device,
      locks: parts.locks,
      channel: parts.channel,
      carrier: parts.carrier,
      store: parts.store,
      clock,
      send: (frame) => this.socket.send(frame),
      uuid: parts.uuid,
    });
    this.list = new RoomList(me.id);
    this.#loader = new ListLoader(() => this.#loadList(), clock);
    this.list_error = this.#loader.error;
    this.logs = new RoomLogs({ chat: this, clock, kept: parts.kept, changed: (room, log) => this.#held(room, log) });
    this.conversation = new Conversation(this, clock, (room) => this.log(room));
    this.people = new People(this.api, clock);
    this.people.put([me]);
    this.account = new Account(this, clock);
    this.presence = new PresenceBook(this.api, clock, [this.people, this.account]);
    this.typing = new TypingBook(clock);
    this.teller = new TypingTeller((frame) => this.socket.send(frame), clock);
    this.reading = new Reading({
      api: this.api,
      clock,
      list: this.list,
      threads: this.conversation.threads,
      send: (frame) => this.socket.send(frame),
      unanswered: () => this.#loader.soon(),
    });
    this.#delivered = new DeliveredMarks((frame) => this.socket.send(frame), clock);
    this.#resumption = new Resumption({
      clock,
      send: (frame) => this.socket.send(frame),
      frame: () => this.#whatIsHeld(),
    });
    const kept = parts.kept?.list;
    if (kept === undefined) return;
    this.epoch = kept.epoch;
    this.#meet(kept.rooms);
    this.list.replace(kept.rooms);
  }

  start(): void {
    if (this.#undo.length > 0) return;
    this.#undo.push(
      this.socket.events.on('welcome', (frame) => this.#welcomed(frame)),
      this.socket.events.on('frame', (frame) => this.#received(frame)),
      this.socket.events.on('down', () => this.#down()),
      this.#auth.events.on('token', (token) => this.socket.renew(token)),
      this.outbox.events.on('elsewhere', (event) => this.#events(event.room, [event])),
    );
    void this.outbox.load();
    this.socket.start();
    this.refreshList();
    this.account.refresh();
    this.conversation.threads.soon(0);
  }

  stop(): void {
    this.#stopped = true;
    this.events.emit('stopped', undefined);
    for (const undo of this.#undo.splice(0)) undo();
    this.teller.stopped();
    this.typing.clear();
    const parts = [this.socket, this.outbox, this.account, this.conversation, this.reading.marks, this.#delivered];
    for (const part of [...parts, this.#resumption, this.#loader]) part.stop();
    for (const timer of [this.#hold, this.#heads]) this.#clock.cancel(timer);
    this.logs.clear();
  }

  /** The log of a room; made when asked for the first time. */
  log(room: string): RoomLog {
    return this.logs.of(room);
  }

  /** The room being looked at. */
  activate(room: string | undefined): void {
    this.logs.activate(room);
  }

  /** Takes a message for sending and returns its cmid. */
  send(room: string, body: string, place: Place & { files?: readonly OutboxFile[] } = {}): string {
    this.teller.stopped();
    this.reading.writing(room);
    this.socket.hurry();
    return this.outbox.add(room, body, place);
  }

  /** This device is in use, or idle. */
  setOwnState(state: 'online' | 'away'): void {
    if (state === this.#own_state) return;
    this.#own_state = state;
    this.socket.send({ t: 'presence', state });
  }

  async openDm(user: string): Promise<Room> {
    return this.#adopt(await this.api.call('POST /dms', { body: { user } }));
  }

  async createRoom(room: Rest['POST /rooms']['body']): Promise<Room> {
    return this.#adopt(await this.api.call('POST /rooms', { body: room }));
  }

  async join(room: string): Promise<Room> {
    return this.#adopt(await this.api.call('POST /rooms/{room}/join', { params: { room } }));
  }

  async leave(room: string): Promise<void> {
    await this.api.call('POST /rooms/{room}/leave', { params: { room } });
    this.#removed(room);
  }

  async addMember(room: string, user: string): Promise<void> {
    await this.api.call('POST /rooms/{room}/members', { params: { room }, body: { user } });
  }

  /** Loads the list of my rooms again. */
  refreshList(): void {
    this.#loader.refresh();
  }

  async #loadList(): Promise<void> {
    const epoch = this.epoch;
    const { changes } = this.list;
    const { rooms } = await this.api.call('GET /rooms', {});
    if (this.#stopped) return;
    // What came before this answer is to be heard before it, or it would be no news any more.
    this.socket.gate?.open();
    // Asked for before the server was put back: its numbers may be of what never happened.
    if (epoch !== undefined && epoch !== this.epoch) return this.#loader.refresh();
    // I came into a room, or went out of one, while the answer was under way: it may be from before that. Where that
    // never rests what came and went is put to an old answer.
    if (changes !== this.list.changes && ++this.#discards <= MAX_DISCARDS) return this.#loader.refresh();
    this.#discards = 0;
    const before = [...this.list.rooms.get().keys()];
    this.#meet(rooms);
    this.list.replace(rooms, changes);
    this.synced.set(true);
    for (const id of before) if (this.list.get(id) === undefined) this.#removed(id);
    for (const room of rooms) {
      if (this.list.get(room.id) === undefined) continue;
      this.reading.marks.confirmed(room.id, room.read_seq);
      this.logs.all.get(room.id)?.noteHead(room.head, true);
      if (unreadOf(room) > 0 && room.last !== undefined && room.last.sender !== this.me.id)
        this.#delivered.mark(room.id, room.last.seq);
    }
    this.#list_stale = false;
    if (this.#to_resume) this.#resume();
  }

  #welcomed(frame: ServerWelcome): void {
    const first = !this.#welcomed_once;
    this.#welcomed_once = true;
    const other = this.epoch !== undefined && frame.epoch !== this.epoch;
    this.epoch = frame.epoch;
    if (other) this.#newEpoch();
    if (this.#own_state === 'away') this.socket.send({ t: 'presence', state: 'away' });
    const hold = this.outbox.pending().length > 0;
    this.#to_resume = true;
    if (!this.#list_stale) this.#resume();
    this.outbox.connected(hold);
    if (hold) this.#hold = this.#clock.after(HOLD_MS, () => this.outbox.release());
    this.reading.marks.flush();
    this.#delivered.connected();
    if (other) this.refreshList();
    if (first) return;
    this.presence.refresh(this.people.users.get().keys());
    this.conversation.reconnected();
    if (!other) this.#loader.soon(this.#clock.random() * LIST_SPREAD_MS);
  }

  #down(): void {
    this.#to_resume = false;
    this.#resumption.stop();
    this.#clock.cancel(this.#hold);
    this.#clock.cancel(this.#heads);
    this.outbox.disconnected();
    this.typing.clear();
  }

  #resume(): void {
    this.#to_resume = false;
    this.#resumption.begin();
  }

  #whatIsHeld(): ResumeFrame {
    this.#cursors = cursorsOf(this.list.rooms.get(), this.logs.all);
    return {
      t: 'resume',
      ...(this.epoch === undefined ? {} : { epoch: this.epoch }),
      ...(this.#own.useq === undefined ? {} : { useq: this.#own.useq }),
      cursors: this.#cursors,
      pending: this.outbox.pending(),
    };
  }

  /** The server was put back to an earlier time: what is held may never have happened. What I have not got acknowledged
   *  stays, and is sent again. */
  #newEpoch(): void {
    this.#own.forget();
    this.#list_stale = true;
    this.list.forgetNumbers();
    this.conversation.threads.forget();
    for (const room of this.list.rooms.get().keys()) this.#forgetMarks(room);
    for (const [room, log] of this.logs.all) {
      this.#forgetMarks(room);
      log.clear();
      if (room === this.logs.active) void log.openNewest();
    }
  }

  /** The server was put back behind the welcome: what it says to the old cursors is of no use. */
  #otherEpoch(epoch: string): void {
    this.epoch = epoch;
    this.#newEpoch();
    this.#to_resume = true;
    this.refreshList();
  }

  #forgetMarks(room: string): void {
    this.reading.marks.forget(room);
    this.#delivered.forget(room);
  }

  #received(frame: ServerFrame): void {
    switch (frame.t) {
      case 'event':
        return this.#events(frame.room, [frame]);
      case 'batch':
        return this.#batch(frame);
      case 'ack':
        return this.#acked(frame);
      case 'nack':
        return this.outbox.nacked(frame);
      case 'resend':
        return this.outbox.resend();
      case 'resumed':
        return this.#resumed(frame);
      case 'head':
        return this.#told(frame.rooms, frame.useq);
      case 'pong':
        return this.#told(frame.heads ?? {}, frame.useq);
      case 'receipt':
        if (frame.user === this.me.id || this.account.blocks(frame.user)) return;
        return this.list.receipt(frame.room, frame.delivered, frame.read);
      case 'typing':
        if (frame.user === this.me.id) return;
        this.people.need([frame.user]);
        return this.typing.heard(frame.room, frame.user, frame.on);
      case 'presence':
        return this.presence.put(frame.users);
      case 'user':
        return this.#user(frame);
      case 'error':
        return this.#refused(frame);
      default:
        return;
    }
  }

  /** Events of one room in rising seq. */
  #events(room: string, heard: readonly Event[]): void {
    const events = this.#named(heard);
    const held = this.list.get(room)?.head ?? 0;
    const log = this.logs.all.get(room);
    for (const event of events) {
      if (isSaid(event)) this.typing.heard(room, event.sender, false);
      this.people.need([event.sender, ...mentionsOf(event)].filter((id) => id !== '0'));
      const before = this.list.get(room)?.head;
      if (!this.list.event(event) || event.seq > (before ?? 0) + 1) this.#loader.soon();
      // Of a room nobody looks at nothing is kept but its numbers: it has been received when they have no gap.
      if (log === undefined && before === event.seq - 1 && this.#isOthers(event)) this.#delivered.mark(room, event.seq);
    }
    // The log first: the row of a message must not be gone from the one before it is in the other.
    log?.apply(...events);
    this.conversation.heard(events);
    this.events.emit('heard', events);
    for (const event of events) if (event.cmid !== undefined) this.outbox.settle(event.cmid, event);
    const fresh = events.filter((event) => event.seq > held && this.#isOthers(event));
    if (fresh.length > 0) this.events.emit('fresh', fresh);
  }

  /** Who is called by a group is named: all else need not know of groups. */
  #named(events: readonly Event[]): readonly Event[] {
    const mine = this.account.me.get()?.groups ?? [];
    return mine.length === 0 ? events : events.map((event) => withMyGroups(event, this.me.id, mine));
  }

  #isOthers(event: Event): boolean {
    return isSaid(event) && event.sender !== this.me.id;
  }

  /** What a resume said was missing. */
  #batch(frame: ServerBatch): void {
    this.#events(frame.room, frame.events);
    this.list.head(frame.room, frame);
    const last = frame.events.findLast((event) => this.#isOthers(event));
    if (last !== undefined && !this.logs.all.has(frame.room)) this.#delivered.mark(frame.room, last.seq);
  }

  /** Tells the authors how far the log is held without a hole; what I have read they know of. */
  #held(room: string, log: RoomLog): void {
    this.events.emit('held', room);
    const { at_end, events, kept, status } = log.view.get();
    if (status !== 'ready' || !at_end || kept) return;
    const last = events.findLast((event) => this.#isOthers(event));
    if (last !== undefined && last.seq > (this.list.get(room)?.read_seq ?? 0)) this.#delivered.mark(room, last.seq);
  }

  #acked(ack: PendingAck): void {
    const entry = this.outbox.entries.get().find((one) => one.cmid === ack.cmid);
    const event = entry === undefined ? undefined : storedAs(entry, ack);
    if (event === undefined) return;
    this.#events(event.room, [event]);
    // The log may hold it already, without its cmid.
    this.outbox.settle(ack.cmid);
  }

  #resumed(frame: ServerResumed): void {
    this.#resumption.answered();
    if (frame.epoch !== this.epoch) return this.#otherEpoch(frame.epoch);
    for (const ack of frame.acks) this.#acked(ack);
    this.outbox.release();
    let stale = !this.#own.resumed(frame.user);
    for (const [room, head] of Object.entries(frame.rooms)) {
      // Of a room that is behind too far the list has not what stands in it last; its log, once looked at, fetches. Of more
      // rooms than a resume can name most are `limited` and stand where the list has them.
      const known = this.list.get(room);
      if (known === undefined || (head.limited && head.head > known.head)) {
        this.list.head(room, head);
        stale = true;
      }
      const log = this.logs.all.get(room);
      if (log === undefined) continue;
      if ((this.#cursors[room] ?? 0) > head.head) {
        log.clear();
        if (room === this.logs.active) void log.openNewest();
      } else log.noteHead(head.head, head.limited);
    }
    for (const id of this.list.rooms.get().keys()) if (frame.rooms[id] === undefined) stale = true;
    if (stale) this.conversation.threads.soon();
    if (stale && this.list.loaded.get()) this.refreshList();
    // What is behind a little comes as a batch, whose events the list takes one by one: should it be lost, the heads count.
    this.#clock.cancel(this.#heads);
    this.#heads = this.#clock.after(GAP_WAIT_MS, () => {
      for (const [room, head] of Object.entries(frame.rooms)) if (this.list.get(room)) this.list.head(room, head);
    });
  }

  #user(frame: ServerUser): void {
    if (frame.room_info !== undefined) this.#meet([frame.room_info]);
    if (frame.type === 'read') {
      this.reading.marks.confirmed(frame.room, frame.seq ?? 0);
      this.list.user(frame);
    }
    const place = this.#own.take(frame.useq);
    if (place === 'known') return;
    if (place === 'gap') this.#loader.soon();
    if (frame.type === 'later') return this.conversation.later.told();
    // What is said of threads was lost with it; and a room I come into may have some that I follow.
    if (place === 'gap' || frame.type === 'room_added') this.conversation.threads.soon();
    if (frame.type === 'room_removed') return this.#removed(frame.room);
    if (frame.type === 'thread_read') this.reading.told(frame);
    else if (frame.type === 'activity_seen') this.events.emit('seen', frame.seen ?? 0);
    else if (frame.type !== 'read' && !this.list.user(frame)) this.refreshList();
  }

  #refused(frame: ServerError): void {
    if (frame.ref === 'resume') return this.#resumption.refused();
    if (!isRetryable(frame.code)) return;
    if (frame.ref === 'read') this.reading.marks.refused();
    if (frame.ref === 'delivered') this.#delivered.refused();
  }

  /** Heads without their counts: the logs catch up from them, and the list is asked for what it counts. */
  #told(heads: Record<string, number>, useq: number | undefined): void {
    if (this.#own.isBehind(useq) && !this.#resumption.asking) this.#resume();
    for (const [room, seq] of Object.entries(heads)) {
      this.logs.all.get(room)?.noteHead(seq, true);
      if (seq > (this.list.get(room)?.head ?? 0)) this.#loader.soon();
    }
  }

  #adopt(room: Room): Room {
    this.#meet([room]);
    this.list.put(room);
    return room;
  }

  #removed(room: string): void {
    this.list.remove(room);
    this.#forgetMarks(room);
    this.conversation.threads.removed(room);
    this.logs.remove(room);
    this.events.emit('removed', room);
  }

  #meet(rooms: readonly Room[]): void {
    const peers = rooms.flatMap((room) => (room.peer === undefined ? [] : [room.peer]));
    this.people.put(peers);
    this.presence.watch(peers.map((peer) => peer.id));
  }
}
