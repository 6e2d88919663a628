import { Store } from '@/lib/store';
import type { Event, ServerUser, Thread } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock, Timer } from './clock';
import { ApiError } from './error';
import { changedTo, namesMe, withChange } from './message_state';
import type { RoomLog, Side } from './room_log';
import type { ThreadSource } from './thread_log';

export interface ThreadsView {
  status: 'loading' | 'ready' | 'failed';
  /** Those I follow, the one with the newest reply first. */
  threads: readonly Thread[];
  complete: boolean;
  older: Side;
}

export interface ThreadsParts {
  api: Api;
  clock: Clock;
  me: string;
  log: (room: string) => RoomLog;
  /** How far the room is known to go. */
  head: (room: string) => number;
  /** I have read a thread up to here. */
  onRead: (room: string, root: number, seq: number) => void;
}

/** Of a thread in the list: up to which event the server had counted it, and what others have replied since. */
interface Since {
  counted: number;
  replies: number[];
}

const PAGE = 30;
/** The list is asked for again so soon after a reason for it; many reasons are one, and a crowd does not ask at once. */
const SOON_MS = 500;
const SPREAD_MS = 2_500;
const COALESCE_MS = 400;
const RETRY_MS = 5_000;
/** As much as may come while a list is on its way; else it is asked for again. */
const MAX_DURING = 500;
const MAX_DOUBTS = 5;

export function unreadReplies(view: ThreadsView): number {
  return view.threads.reduce((sum, thread) => sum + (thread.following ? thread.unread : 0), 0);
}

/** The threads that I follow and how much of them is unread. Replies come as events of their rooms; whether a thread that
 *  is not in the list is one of mine, only the server knows, and is asked once. */
export class Threads {
  readonly view = new Store<ThreadsView>({ status: 'loading', threads: [], complete: false, older: 'idle' });

  readonly #parts: ThreadsParts;
  /** Threads that the server has been asked for and did not name. */
  readonly #others = new Set<string>();
  /** Replies to threads that the list on its way may name. */
  #doubtful = new Set<string>();
  /** How far I have read, and whether the server has yet to hear of it. */
  readonly #read = new Map<string, { room: string; root: number; seq: number; due: boolean }>();
  readonly #since = new Map<string, Since>();
  /** What came while the list is on its way, which may be from before that. */
  #during: Event[] | undefined;
  /** How often in a row the list was asked for again since it knew of a place less than is known here. */
  #doubts = 0;
  #generation = 0;
  #timer: Timer | undefined;
  #sending: Timer | undefined;
  #stopped = false;

  constructor(parts: ThreadsParts) {
    this.#parts = parts;
  }

  /** Where a thread to be looked at, a ThreadLog, comes from. */
  source(room: string, root: number): ThreadSource {
    const { api, head, log } = this.#parts;
    const params = { room, seq: root };
    return {
      root,
      fetch: (query) => api.call('GET /rooms/{room}/threads/{seq}', { params, query }),
      feed: log(room).feed,
      head: () => head(room),
    };
  }

  /** Asks for the list in a while. */
  soon(spread_ms = SPREAD_MS): void {
    const { clock } = this.#parts;
    this.#timer ??= clock.after(SOON_MS + clock.random() * spread_ms, () => {
      this.#timer = undefined;
      void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    if (this.#stopped) return;
    const generation = ++this.#generation;
    const doubtful = this.#doubtful;
    this.#doubtful = new Set();
    this.#during = [];
    try {
      const { complete, threads } = await this.#parts.api.call('GET /threads', { query: { limit: PAGE } });
      if (generation !== this.#generation || this.#stopped) return;
      const named = new Set(threads.map(keyOf));
      for (const key of doubtful) if (!named.has(key)) this.#others.add(key);
      this.#since.clear();
      const during = this.#during ?? [];
      this.#during = undefined;
      this.view.set({ status: 'ready', threads: threads.map((one) => this.#taken(one)), complete, older: 'idle' });
      for (const event of during) this.#heardOf(event);
    } catch (error) {
      if (generation !== this.#generation || this.#stopped) return;
      for (const key of doubtful) this.#doubtful.add(key);
      if (this.view.get().status !== 'ready') this.#patch({ status: 'failed' });
      if (error instanceof ApiError && error.retryable)
        this.#timer ??= this.#parts.clock.after(RETRY_MS, () => {
          this.#timer = undefined;
          void this.refresh();
        });
    }
  }

  async loadOlder(): Promise<void> {
    const { complete, older, status, threads } = this.view.get();
    const before = threads.at(-1)?.root.state?.last_reply;
    if (status !== 'ready' || complete || older === 'loading' || before === undefined) return;
    const generation = this.#generation;
    this.#patch({ older: 'loading' });
    try {
      const page = await this.#parts.api.call('GET /threads', { query: { before, limit: PAGE } });
      if (generation !== this.#generation) return;
      const known = new Set(this.view.get().threads.map(keyOf));
      const fresh = page.threads.filter((thread) => !known.has(keyOf(thread)));
      const all = [...this.view.get().threads, ...fresh.map((one) => this.#taken(one))];
      this.#patch({ threads: all, complete: page.complete || page.threads.length === 0, older: 'idle' });
    } catch {
      if (generation === this.#generation) this.#patch({ older: 'failed' });
    }
  }

  /** Events of one room in rising seq, live. */
  heard(events: readonly Event[]): void {
    for (const event of events) {
      if (event.about === undefined) continue;
      if (event.type === 'reply' && event.sender === this.#parts.me) this.#note(event.room, event.about, event.seq);
      this.#heardOf(event);
      if (this.#during === undefined) continue;
      if (this.#during.length < MAX_DURING) this.#during.push(event);
      else this.soon();
    }
  }

  /** What my own log says: how far I have read a thread, or all of a room, on whatever device; whether I follow it. */
  told({ room, root, seq = 0, following }: ServerUser): void {
    if (root !== undefined) {
      const key = `${room}.${root}`;
      this.#note(room, root, seq);
      const known = this.view.get().threads.find((thread) => keyOf(thread) === key);
      if (known === undefined || known.following !== following) {
        this.#others.delete(key);
        if (known !== undefined || following === true) this.soon(0);
      }
      if (known !== undefined) this.#replace(this.#asRead({ ...known, following: following === true }));
      return;
    }
    for (const thread of this.view.get().threads) {
      if (thread.room !== room) continue;
      this.#note(room, thread.root.seq, seq);
      this.#replace(this.#asRead(thread));
    }
  }

  /** I have seen the thread up to this reply. */
  read(room: string, root: number, seq: number): void {
    const key = `${room}.${root}`;
    if (seq <= (this.#read.get(key)?.seq ?? 0)) return;
    this.#read.set(key, { room, root, seq, due: true });
    this.#doubts = 0;
    this.#parts.onRead(room, root, seq);
    const known = this.view.get().threads.find((thread) => keyOf(thread) === key);
    if (known !== undefined) this.#replace(this.#asRead(known));
    this.#sending ??= this.#parts.clock.after(COALESCE_MS, () => void this.#send());
  }

  /** Throws ApiError. */
  async follow(room: string, root: number, following: boolean): Promise<void> {
    const params = { room, seq: root };
    await this.#parts.api.call('PUT /rooms/{room}/threads/{seq}', { params, body: { following } });
    this.#others.delete(`${room}.${root}`);
    void this.refresh();
  }

  removed(room: string): void {
    for (const key of this.#others) if (key.startsWith(`${room}.`)) this.#others.delete(key);
    const threads = this.view.get().threads.filter((thread) => thread.room !== room);
    if (threads.length !== this.view.get().threads.length) this.#patch({ threads });
  }

  /** The server's numbers are other ones. */
  forget(): void {
    this.#generation++;
    this.#since.clear();
    this.#others.clear();
    this.#read.clear();
    this.view.set({ status: 'loading', threads: [], complete: false, older: 'idle' });
    this.soon();
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.clock.cancel(this.#timer);
    this.#parts.clock.cancel(this.#sending);
  }

  #heardOf(event: Event): void {
    const key = `${event.room}.${event.about}`;
    const known = this.view.get().threads.find((thread) => keyOf(thread) === key);
    if (known !== undefined) this.#change(known, event);
    else if (event.type === 'reply') this.#heardOfUnknown(key, event);
  }

  #change(thread: Thread, event: Event): void {
    if (event.seq <= changedTo(thread.root)) return;
    const root = withChange(thread.root, event);
    if (event.type !== 'reply') return this.#replace({ ...thread, root });
    const others = event.sender !== this.#parts.me;
    if (others) this.#since.get(keyOf(thread))?.replies.push(event.seq);
    const unread = thread.unread + (others && event.seq > thread.read_seq ? 1 : 0);
    this.#replace(this.#asRead({ ...thread, root, unread }));
  }

  #heardOfUnknown(key: string, event: Event): void {
    // Who writes in a thread or is named in it follows it.
    if (event.sender === this.#parts.me || namesMe(event, this.#parts.me)) this.#others.delete(key);
    if (this.#others.has(key)) return;
    this.#doubtful.add(key);
    this.soon();
  }

  /** The server says that I have read the thread so far, or it follows from what I wrote. */
  #note(room: string, root: number, seq: number): void {
    const key = `${room}.${root}`;
    const known = this.#read.get(key);
    if (seq <= (known?.seq ?? 0)) return;
    this.#read.set(key, { room, root, seq, due: false });
    this.#doubts = 0;
  }

  /** A thread as the server has it. */
  #taken(thread: Thread): Thread {
    this.#since.set(keyOf(thread), { counted: changedTo(thread.root), replies: [] });
    return this.#asRead(thread);
  }

  /** How far I have read counts although the server's answer may be from before that. Which of what it counted is left
   *  behind my place it did not say: that is asked for again. */
  #asRead(thread: Thread): Thread {
    const seq = this.#read.get(keyOf(thread))?.seq ?? 0;
    if (seq <= thread.read_seq) return thread;
    const { counted, replies } = this.#since.get(keyOf(thread)) ?? { counted: 0, replies: [] };
    if (counted > seq && ++this.#doubts <= MAX_DOUBTS) this.soon(0);
    return { ...thread, read_seq: seq, unread: replies.filter((reply) => reply > seq).length };
  }

  #replace(thread: Thread): void {
    const threads = this.view.get().threads.map((one) => (keyOf(one) === keyOf(thread) ? thread : one));
    threads.sort((a, b) => (b.root.state?.last_reply ?? 0) - (a.root.state?.last_reply ?? 0));
    this.#patch({ threads });
  }

  async #send(): Promise<void> {
    this.#sending = undefined;
    for (const mark of this.#read.values()) {
      if (!mark.due) continue;
      const { room, root, seq } = mark;
      const params = { room, seq: root };
      try {
        await this.#parts.api.call('PUT /rooms/{room}/threads/{seq}', { params, body: { read_seq: seq } });
      } catch (error) {
        if (error instanceof ApiError && error.retryable && !this.#stopped) {
          this.#sending ??= this.#parts.clock.after(RETRY_MS, () => void this.#send());
          return;
        }
      }
      mark.due = false;
    }
  }

  #patch(part: Partial<ThreadsView>): void {
    this.view.set({ ...this.view.get(), ...part });
  }
}

function keyOf(thread: Thread): string {
  return `${thread.room}.${thread.root.seq}`;
}
