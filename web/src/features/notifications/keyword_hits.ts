import type { Chat } from '@/client/chat';
import { unreadOf } from '@/client/room_list';
import { Store } from '@/lib/store';
import type { Event, Room } from '@/protocol/ops.gen';
import { wordFinder } from './keywords';

/** What was unread when the page was opened is looked through in so many rooms, and so many messages of each. */
const MAX_ROOMS = 20;
const MAX_MESSAGES = 200;

/** Seqs of unread messages that have a keyword, by room. */
export type Hits = ReadonlyMap<string, readonly number[]>;

/** Finds keywords in what arrives, and, since the server reads nothing, once in what was unread already: after a reload, and
 *  when the keywords change. */
export class KeywordHits {
  readonly found = new Store<Hits>(new Map());
  readonly #chat: Chat;
  readonly #undo: (() => void)[] = [];
  #keywords: readonly string[] = [];
  #finds = wordFinder([]);
  #looks = 0;
  #looked = true;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  start(): void {
    const { account, events, list } = this.#chat;
    this.#undo.push(
      events.on('fresh', (fresh) => this.#add(fresh)),
      events.on('heard', (heard) => this.#forget(heard)),
      account.me.subscribe(() => this.#learn()),
      list.rooms.subscribe(() => this.#roomsMoved()),
    );
    this.#learn();
  }

  stop(): void {
    this.#looks++;
    for (const undo of this.#undo.splice(0)) undo();
  }

  #learn(): void {
    const keywords = this.#chat.account.me.get()?.keywords ?? [];
    if (keywords.join('\n') === this.#keywords.join('\n')) return;
    this.#keywords = keywords;
    this.#finds = wordFinder(keywords);
    this.#looks++;
    this.#looked = keywords.length === 0;
    this.found.set(new Map());
    this.#roomsMoved();
  }

  #roomsMoved(): void {
    const rooms = this.#chat.list.rooms.get();
    if (!this.#looked && rooms.size > 0) {
      this.#looked = true;
      void this.#look([...rooms.values()].filter((room) => unreadOf(room) > 0));
    }
    this.#keep((seqs, room) => seqs.filter((seq) => seq > (rooms.get(room)?.read_seq ?? Number.MAX_SAFE_INTEGER)));
  }

  /** The rooms where something happened last come first. What cannot be read is not counted. */
  async #look(rooms: Room[]): Promise<void> {
    const look = this.#looks;
    const order = rooms.toSorted((a, b) => (b.last?.ts ?? 0) - (a.last?.ts ?? 0)).slice(0, MAX_ROOMS);
    for (const room of order) {
      const query = { after: room.read_seq, limit: MAX_MESSAGES };
      const page = this.#chat.api.call('GET /rooms/{room}/messages', { params: { room: room.id }, query });
      const events = await page.then((answer) => answer.events).catch(() => []);
      if (look !== this.#looks) return;
      this.#add(events);
    }
  }

  #add(events: readonly Event[]): void {
    if (this.#keywords.length === 0) return;
    const found = new Map(this.found.get());
    for (const event of events) {
      const known = found.get(event.room) ?? [];
      if (this.#isHit(event) && !known.includes(event.seq)) found.set(event.room, [...known, event.seq]);
    }
    this.found.set(found);
  }

  #isHit(event: Event): boolean {
    const { account, list, me } = this.#chat;
    if (event.type !== 'message' || event.sender === me.id || account.blocks(event.sender)) return false;
    return event.seq > (list.get(event.room)?.read_seq ?? 0) && this.#finds(event.body);
  }

  #forget(events: readonly Event[]): void {
    for (const { type, room, about } of events)
      if (type === 'deleted') this.#keep((seqs, of) => (of === room ? seqs.filter((seq) => seq !== about) : seqs));
  }

  #keep(left: (seqs: readonly number[], room: string) => readonly number[]): void {
    const before = this.found.get();
    const after = new Map([...before].map(([room, seqs]) => [room, left(seqs, room)] as const));
    const count = (hits: Hits): number => [...hits.values()].reduce((sum, seqs) => sum + seqs.length, 0);
    if (count(after) !== count(before)) this.found.set(after);
  }
}
