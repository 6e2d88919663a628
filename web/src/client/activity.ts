import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import type { Event, Activity as Item } from '@/protocol/ops.gen';
import type { Chat } from './chat';
import type { Clock, Timer } from './clock';
import { ApiError, saidOf } from './error';
import { namesMe } from './message_state';
import type { Side } from './room_log';

export type ActivityItem = Item;
export type ActivityKind = Item['kind'];

export interface ActivityView {
  status: 'loading' | 'ready' | 'failed';
  /** Why it failed, for people. */
  why?: string;
  /** The newest first. */
  items: readonly Item[];
  /** Where the next page begins; undefined: there is none. */
  next: string | undefined;
  older: Side;
}

const PAGE = 30;
/** The list is asked for again so soon after a reason for it; many reasons are one, and a crowd does not ask at once. */
const SOON_MS = 300;
const SPREAD_MS = 1_500;
const RETRY_MS = 5_000;

export function keyOfItem(item: Item): string {
  return `${item.kind}.${item.room}.${item.seq}.${item.by}.${item.emoji ?? ''}`;
}

/** What concerns me, all of it or of one kind, as pages from the newest on. */
export class ActivityList {
  readonly view = new Store<ActivityView>({ status: 'loading', items: [], next: undefined, older: 'idle' });

  readonly #chat: Chat;
  readonly #kind: ActivityKind | undefined;
  readonly #onSeen: (seen: number) => void;
  #generation = 0;

  constructor(chat: Chat, kind: ActivityKind | undefined, onSeen: (seen: number) => void) {
    this.#chat = chat;
    this.#kind = kind;
    this.#onSeen = onSeen;
  }

  /** Loads the newest page; what is older stays as long as it joins on. False: try again later. */
  async refresh(): Promise<boolean> {
    const generation = ++this.#generation;
    try {
      const page = await this.#ask(undefined);
      if (generation !== this.#generation) return true;
      const { items, next } = this.view.get();
      const held = new Set(items.map(keyOfItem));
      const last = page.items.at(-1);
      const joins = !page.complete && page.items.some((item) => held.has(keyOfItem(item)));
      const fresh = new Set(page.items.map(keyOfItem));
      const older = joins ? items.filter((item) => item.ts <= (last?.ts ?? 0) && !fresh.has(keyOfItem(item))) : [];
      this.#set([...page.items, ...older], older.length > 0 ? next : page.next);
      return true;
    } catch (error) {
      if (generation !== this.#generation) return true;
      const why = saidOf(error);
      if (this.view.get().status !== 'ready') this.view.set({ ...this.view.get(), status: 'failed', why });
      return !(error instanceof ApiError && error.retryable);
    }
  }

  async loadOlder(): Promise<void> {
    const { items, next, older, status } = this.view.get();
    if (status !== 'ready' || next === undefined || older === 'loading') return;
    const generation = this.#generation;
    this.view.set({ ...this.view.get(), older: 'loading' });
    try {
      const page = await this.#ask(next);
      if (generation !== this.#generation) {
        // The list came anew meanwhile, and may end elsewhere.
        this.view.set({ ...this.view.get(), older: 'idle' });
        return await this.loadOlder();
      }
      const held = new Set(items.map(keyOfItem));
      this.#set([...items, ...page.items.filter((item) => !held.has(keyOfItem(item)))], page.next);
    } catch {
      this.view.set({ ...this.view.get(), older: 'failed' });
    }
  }

  async #ask(after: string | undefined) {
    const kind = this.#kind;
    const query = { limit: PAGE, ...(kind === undefined ? {} : { kind }), ...(after === undefined ? {} : { after }) };
    const page = await this.#chat.api.call('GET /activity', { query });
    this.#chat.people.need(page.items.map((item) => item.by));
    this.#onSeen(page.seen);
    return page;
  }

  #set(items: readonly Item[], next: string | undefined): void {
    this.view.set({ status: 'ready', items, next, older: 'idle' });
  }
}

/** Mentions of me, reactions to what I wrote, replies in threads I follow; and up to which moment I have seen them, on
 *  whatever device. Asked for again when an event concerns me. docs/reading.md. */
export class Activity {
  readonly all: ActivityList;
  readonly seen = new Store(0);
  readonly events = new Emitter<{ changed: undefined }>();

  readonly #chat: Chat;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(chat: Chat, clock: Clock) {
    this.#chat = chat;
    this.#clock = clock;
    this.all = this.list(undefined);
    chat.events.on('heard', (events) => {
      if (events.some((event) => this.#concerns(event))) this.#soon(SOON_MS + clock.random() * SPREAD_MS);
    });
    chat.events.on('seen', (ts) => this.#sawUpTo(ts));
    chat.events.on('stopped', () => {
      this.#stopped = true;
      clock.cancel(this.#timer);
    });
    chat.socket.events.on('welcome', () => this.#soon(clock.random() * SPREAD_MS));
    this.#soon(0);
  }

  list(kind: ActivityKind | undefined): ActivityList {
    return new ActivityList(this.#chat, kind, (ts) => this.#sawUpTo(ts));
  }

  /** I have looked at what is there. */
  see(ts: number): void {
    if (ts <= this.seen.get()) return;
    this.#sawUpTo(ts);
    // Should it be lost, the next look tells it.
    void this.#chat.api.call('PUT /activity/seen', { body: { ts } }).catch(() => undefined);
  }

  #concerns(event: Event): boolean {
    const me = this.#chat.me.id;
    if (event.sender === me) return false;
    if (event.type === 'reacted') return event.data?.to === me;
    if (namesMe(event, me)) return true;
    if (event.type !== 'reply') return false;
    const { threads } = this.#chat.conversation.threads.view.get();
    return threads.some((one) => one.following && one.room === event.room && one.root.seq === event.about);
  }

  #sawUpTo(ts: number): void {
    if (ts > this.seen.get()) this.seen.set(ts);
  }

  #soon(after_ms: number): void {
    if (this.#stopped) return;
    this.#timer ??= this.#clock.after(after_ms, () => {
      this.#timer = undefined;
      void this.all.refresh().then((good) => {
        if (good) this.events.emit('changed', undefined);
        else this.#soon(RETRY_MS);
      });
    });
  }
}
