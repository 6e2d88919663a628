import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Event, Thread } from '@/protocol/ops.gen';
import { logInPerson, type NodePerson, registerPerson, until } from '@/testing/node_person';
import { type ReadingAct, type Unread, unreadBy } from '@/testing/unread_oracle';
import { type Rooms, unreadOf } from './room_list';
import type { WebSocketLike } from './socket';

/** Against a running Parley, as live.test.ts. What is unread, on each of three devices of one person, is what the logs of the
 *  rooms say: after every few random steps of four people. */
const origin = process.env.PARLEY_URL;
const PASSWORD = 'correct horse battery';
/** PARLEY_UNREAD_SEEDS="7 8 9" runs others. */
const SEEDS = (process.env.PARLEY_UNREAD_SEEDS ?? '1 2').split(' ').map(Number);
const STEPS = Number(process.env.PARLEY_UNREAD_STEPS ?? 150);
const CHECK_EVERY = 10;
const ROOMS = 2;
const ROOTS = 6;

const people: NodePerson[] = [];

afterEach(() => {
  for (const one of people.splice(0)) one.stop();
});

/** Mulberry32: the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

class Play {
  readonly devices: NodePerson[] = [];
  readonly others: NodePerson[] = [];
  readonly rooms: string[] = [];
  readonly acts: ReadingAct[] = [];
  readonly done: string[] = [];
  readonly #logs = new Map<string, Event[]>();
  readonly #sockets: WebSocket[][] = [];
  readonly #pick: (below: number) => number;
  #ada = '';
  #inside = new Set<string>();

  constructor(readonly seed: number) {
    this.#pick = numbers(seed);
  }

  get me(): string {
    return this.devices[0]?.chat.me.id ?? '';
  }

  async begin(): Promise<void> {
    const mark = `${Date.now().toString(36)}${this.seed.toString(36)}`;
    this.#ada = `ada${mark}`;
    people.push(await registerPerson(origin ?? '', this.#ada, PASSWORD));
    for (let n = 0; n < 3; n++) {
      const sockets: WebSocket[] = [];
      this.#sockets.push(sockets);
      const openSocket = (url: string, protocols: string[]): WebSocketLike => {
        const socket = new WebSocket(url, protocols, { origin: origin ?? '' });
        sockets.push(socket);
        return socket as unknown as WebSocketLike;
      };
      this.devices.push(await logInPerson(origin ?? '', this.#ada, PASSWORD, { openSocket }));
    }
    for (const name of ['ben', 'cal', 'dan'])
      this.others.push(await registerPerson(origin ?? '', name + mark, PASSWORD));
    people.push(...this.devices, ...this.others);
    const [ben, ...guests] = this.others;
    for (let n = 0; n < ROOMS; n++) {
      const made = await ben?.chat.createRoom({ name: `unread ${mark} ${n}`, kind: 'public' });
      const room = made?.id ?? '';
      this.rooms.push(room);
      this.#inside.add(room);
      for (const guest of guests) await guest.chat.join(room);
      await this.devices[0]?.chat.join(room);
    }
    await until(() => this.devices.every((one) => this.rooms.every((room) => one.chat.list.get(room) !== undefined)));
  }

  /** The whole log of a room, as Ben reads it. */
  async log(room: string): Promise<Event[]> {
    const log = this.#logs.get(room) ?? [];
    this.#logs.set(room, log);
    for (;;) {
      const query = { after: log.length, limit: 200 };
      const page = await this.others[0]?.chat.api.call('GET /rooms/{room}/messages', { params: { room }, query });
      log.push(...(page?.events ?? []));
      if (page === undefined || log.length >= page.head) return log;
    }
  }

  /** Texts that were edited or deleted since are of no matter here; the events that say so are in the log. */
  async expected(): Promise<Record<string, Unread>> {
    const all: Record<string, Unread> = {};
    for (const room of this.rooms) {
      const acts = this.acts.filter((act) => act.room === room);
      const what = unreadBy(this.me, await this.log(room), acts);
      if (what !== undefined) all[room] = what;
    }
    return all;
  }

  shown(one: NodePerson): Record<string, Unread> {
    return this.#counted(one.chat.list.rooms.get(), one.chat.conversation.threads.view.get().threads);
  }

  /** What a new page would be told, for the report: whether it is the server or a device that is wrong. */
  async told(): Promise<Record<string, Unread>> {
    const api = this.devices[0]?.chat.api;
    const rooms = (await api?.call('GET /rooms', {}))?.rooms ?? [];
    const threads = (await api?.call('GET /threads', { query: { limit: 200 } }))?.threads ?? [];
    return this.#counted(new Map(rooms.map((room) => [room.id, room])), threads);
  }

  #counted(list: Rooms, all_threads: readonly Thread[]): Record<string, Unread> {
    const all: Record<string, Unread> = {};
    for (const room of this.rooms) {
      const known = list.get(room);
      if (known === undefined) continue;
      const threads: Record<string, number> = {};
      for (const thread of all_threads)
        if (thread.room === room && thread.following && thread.unread > 0) threads[thread.root.seq] = thread.unread;
      all[room] = {
        unread: unreadOf(known),
        mentions: [...(known.mentions ?? [])].sort((a, b) => a - b),
        threads,
      };
    }
    return all;
  }

  /** Nothing is under way, and every device shows what the logs say. */
  async check(): Promise<void> {
    await until(() => [...this.devices, ...this.others].every((one) => one.chat.outbox.entries.get().length === 0));
    const expected = await this.expected();
    const right = (): boolean => this.devices.every((one) => same(this.shown(one), expected));
    try {
      await until(right, 15_000);
    } catch {
      const server = same(await this.told(), expected) ? 'the server is right' : 'the server is wrong';
      const trail = `${server}\n${this.done.slice(-25).join('\n')}`;
      for (const [n, one] of this.devices.entries())
        expect(this.shown(one), `seed ${this.seed}, device ${n}, after ${this.done.length} steps:\n${trail}`).toEqual(
          expected,
        );
    }
  }

  async step(): Promise<void> {
    const room = this.rooms[this.#pick(ROOMS)] ?? '';
    const inside = this.#inside.has(room);
    const dice = this.#pick(100);
    if (dice < 30) return this.#say(room);
    if (dice < 45) return this.#reply(room);
    if (dice < 55) return this.#change(room);
    if (dice < 58) return this.#drop();
    if (!inside) return dice < 80 ? this.#come(room) : undefined;
    if (dice < 75) return this.#read(room);
    if (dice < 87) return this.#readThread(room);
    if (dice < 94) return this.#markUnread(room);
    if (dice < 97) return this.#readAll();
    return this.#leave(room);
  }

  #note(words: string): void {
    this.done.push(`${this.done.length + 1}. ${words}`);
  }

  /** Ada on one of her devices, when she is in the room, or somebody else. */
  #somebody(room: string): { one: NodePerson; name: string } {
    const at = this.#pick(this.#inside.has(room) ? 6 : 3);
    const one = at < 3 ? this.others[at] : this.devices[at - 3];
    if (one === undefined) throw new Error('There are six.');
    return { one, name: at < 3 ? `other ${at}` : `device ${at - 3}` };
  }

  #text(): string {
    const call = this.#pick(6);
    return call === 0 ? `@${this.#ada} look` : call === 1 ? '@all look' : `words ${this.done.length}`;
  }

  #say(room: string): void {
    const { one, name } = this.#somebody(room);
    const text = this.#text();
    this.#note(`${name} writes in ${room}: ${text}`);
    one.chat.send(room, text);
  }

  async #reply(room: string): Promise<void> {
    const roots = (await this.log(room)).filter((event) => event.type === 'message').slice(0, ROOTS);
    const root = roots[this.#pick(roots.length)];
    if (root === undefined) return;
    const { one, name } = this.#somebody(room);
    const text = this.#text();
    this.#note(`${name} replies to ${room}.${root.seq}: ${text}`);
    one.chat.send(room, text, { thread: root.seq });
  }

  /** An edit, a reaction or a deletion by the author. */
  async #change(room: string): Promise<void> {
    const said = (await this.log(room)).filter((event) => event.type === 'message' || event.type === 'reply');
    const event = said[this.#pick(said.length)];
    const author = this.others.find((one) => one.chat.me.id === event?.sender);
    if (event === undefined || author === undefined) return;
    const what = this.#pick(3);
    this.#note(`${event.sender} ${['edits', 'reacts to', 'deletes'][what]} ${room}.${event.seq}`);
    const { acts } = author.chat.conversation;
    const work = [() => acts.edit(event, 'other words'), () => acts.react(event, '👍', true), () => acts.remove(event)];
    // What was deleted before cannot be changed again.
    await work[what]?.().catch(() => undefined);
  }

  #drop(): void {
    const n = this.#pick(3);
    this.#note(`device ${n} loses its connection`);
    this.#sockets[n]?.at(-1)?.terminate();
  }

  #device(): { chat: NodePerson['chat']; name: string } {
    const n = this.#pick(3);
    const one = this.devices[n];
    if (one === undefined) throw new Error('There are three.');
    return { chat: one.chat, name: `device ${n}` };
  }

  async #read(room: string): Promise<void> {
    const { chat, name } = this.#device();
    const known = chat.list.get(room);
    const log = await this.log(room);
    if (known === undefined) return;
    const ahead = log.filter((event) => event.seq > known.read_seq && event.seq <= known.head);
    const event = ahead[this.#pick(ahead.length)];
    if (event === undefined) return;
    this.#note(`${name} reads ${room} up to ${event.seq}`);
    this.acts.push({ kind: 'read', room, at: event.seq, seq: event.seq });
    chat.reading.opened(room);
    chat.reading.seen(room, event);
  }

  async #readThread(room: string): Promise<void> {
    const { chat, name } = this.#device();
    const threads = chat.conversation.threads.view.get().threads.filter((one) => one.room === room && one.following);
    const thread = threads[this.#pick(threads.length)];
    const log = await this.log(room);
    if (thread === undefined) return;
    const root = thread.root.seq;
    const replies = log.filter((one) => one.about === root && one.type === 'reply' && one.seq > thread.read_seq);
    const reply = replies[this.#pick(replies.length)];
    if (reply === undefined) return;
    this.#note(`${name} reads the thread ${room}.${root} up to ${reply.seq}`);
    this.acts.push({ kind: 'thread', room, at: reply.seq, root, seq: reply.seq });
    chat.conversation.threads.read(room, root, reply.seq);
  }

  async #markUnread(room: string): Promise<void> {
    await this.check();
    const log = await this.log(room);
    const said = log.filter((event) => event.type === 'message');
    const event = said[this.#pick(said.length)];
    const { chat, name } = this.#device();
    if (event === undefined) return;
    this.#note(`${name} marks ${room} as unread from ${event.seq}`);
    this.acts.push({ kind: 'unread', room, at: log.length, seq: event.seq });
    await chat.reading.markUnread(room, event.seq);
    await this.check();
  }

  async #readAll(): Promise<void> {
    await this.check();
    const { chat, name } = this.#device();
    this.#note(`${name} reads all`);
    for (const room of this.#inside) this.acts.push({ kind: 'all', room, at: (await this.log(room)).length });
    await chat.reading.readAll();
    await this.check();
  }

  async #leave(room: string): Promise<void> {
    await this.check();
    const { chat, name } = this.#device();
    this.#note(`${name} leaves ${room}`);
    await chat.leave(room);
    this.#inside.delete(room);
    await this.check();
  }

  async #come(room: string): Promise<void> {
    await this.check();
    const { chat, name } = this.#device();
    this.#note(`${name} joins ${room}`);
    await chat.join(room);
    this.#inside.add(room);
    await this.check();
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

describe.skipIf(origin === undefined)('what is unread, against a running Parley', () => {
  test.each(SEEDS)('is on every device what the logs say, seed %i', { timeout: 240_000 }, async (seed) => {
    const play = new Play(seed);
    await play.begin();
    for (let step = 1; step <= STEPS; step++) {
      await play.step();
      if (step % CHECK_EVERY === 0) await play.check();
    }
    await play.check();
    expect(play.done.length).toBeGreaterThan(STEPS / 2);
  });
});
