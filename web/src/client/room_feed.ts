import type { Event } from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';
import type { FetchPage } from './room_log';

export interface FeedListener {
  /** The next events of the room, in order and without a hole. */
  events: (events: readonly Event[]) => void;
  /** One that came while an earlier one is missing. It comes again, in its place. */
  early?: (event: Event) => void;
  /** More was missed than is fetched one by one: what is held must be loaded anew. */
  lost: () => void;
}

/** How long a missing event may be on its way before it is asked for. */
const WAIT_MS = 2_000;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 8_000;
const PAGE = 200;
const MAX_GAP_EVENTS = 600;
/** The last ones are kept for pages that were asked for before they came. */
const MAX_RECENT = 400;

/** A room's events from now on, for whoever holds a part of its log that new events are not put to: a thread, pinned
 *  messages, an old page. What happens to those messages reaches them through here. Does nothing without a listener. */
export class RoomFeed {
  readonly #fetch: FetchPage;
  readonly #clock: Clock;
  readonly #listeners = new Set<FeedListener>();
  readonly #ahead = new Map<number, Event>();
  #recent: Event[] = [];
  /** All up to here was told; unknown until somebody says where the room stands. */
  #told: number | undefined;
  #head = 0;
  #filling = false;
  #tries = 0;
  #timer: Timer | undefined;

  constructor(fetch: FetchPage, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** What was told last. Whoever loads a page puts these to it: it may be from before them. */
  get recent(): readonly Event[] {
    return this.#recent;
  }

  /** `since`: what the listener holds has everything up to there. Returns how to end it. */
  listen(since: number, listener: FeedListener): () => void {
    if (this.#listeners.size === 0) this.#begin(since);
    this.#listeners.add(listener);
    if (since < (this.#told ?? 0)) this.#catchUp(since, listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  }

  apply(events: readonly Event[]): void {
    if (this.#listeners.size === 0) return;
    const [first] = events;
    if (this.#told === undefined && first !== undefined) this.#told = first.seq - 1;
    const told = this.#told ?? 0;
    for (const event of events) {
      this.#head = Math.max(this.#head, event.seq);
      if (event.seq > told) this.#ahead.set(event.seq, event);
    }
    this.#drain();
    for (const event of events) {
      if (!this.#ahead.has(event.seq)) continue;
      for (const listener of this.#listeners) listener.early?.(event);
    }
  }

  /** `missed`: what is between will not come by itself. */
  noteHead(head: number, missed: boolean): void {
    if (this.#listeners.size === 0) return;
    this.#told ??= head;
    this.#head = Math.max(this.#head, head);
    if (this.#told >= this.#head) return;
    if (missed) void this.#fill();
    else this.#arm(WAIT_MS);
  }

  /** The log is another one: everything held of it is out of date. `gone`: it is not mine any more, and nobody asks for it. */
  clear(gone?: boolean): void {
    this.#end();
    if (gone) this.#listeners.clear();
    for (const listener of [...this.#listeners]) listener.lost();
  }

  #begin(since: number): void {
    this.#end();
    this.#told = since;
    this.#head = since;
  }

  /** Others have been told more than this listener holds. */
  #catchUp(since: number, listener: FeedListener): void {
    const missed = this.#recent.filter((event) => event.seq > since);
    if (missed[0]?.seq === since + 1) listener.events(missed);
    else queueMicrotask(listener.lost);
  }

  #end(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#ahead.clear();
    this.#recent = [];
    this.#told = undefined;
    this.#head = 0;
    this.#tries = 0;
  }

  #drain(): void {
    const next: Event[] = [];
    let told = this.#told ?? 0;
    for (let event = this.#ahead.get(told + 1); event !== undefined; event = this.#ahead.get(told + 1)) {
      next.push(event);
      told = event.seq;
    }
    for (const seq of this.#ahead.keys()) if (seq <= told) this.#ahead.delete(seq);
    this.#told = told;
    if (next.length > 0) {
      this.#recent = [...this.#recent, ...next].slice(-MAX_RECENT);
      for (const listener of [...this.#listeners]) listener.events(next);
    }
    if (told < this.#head) return this.#arm(WAIT_MS);
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#tries = 0;
  }

  #arm(wait_ms: number): void {
    if (this.#timer !== undefined || this.#filling) return;
    this.#timer = this.#clock.after(wait_ms, () => {
      this.#timer = undefined;
      void this.#fill();
    });
  }

  async #fill(): Promise<void> {
    const told = this.#told;
    if (this.#filling || told === undefined || told >= this.#head) return;
    if (this.#head - told > MAX_GAP_EVENTS) return this.#giveUp();
    this.#filling = true;
    let failed = false;
    try {
      const page = await this.#fetch({ after: told, limit: PAGE });
      // The room was cleared, or left, while the answer was under way.
      if (this.#told !== undefined && this.#told >= told)
        for (const event of page.events) if (event.seq > this.#told) this.#ahead.set(event.seq, event);
    } catch {
      failed = true;
    }
    this.#filling = false;
    if (this.#told === undefined) return;
    if (!failed) this.#drain();
    if (this.#told >= this.#head) return;
    if (this.#told > told) return this.#fill();
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#arm(RETRY_BASE_MS / 2 + fullJitter(this.#clock, this.#tries++, RETRY_BASE_MS, RETRY_CAP_MS));
  }

  #giveUp(): void {
    this.#told = this.#head;
    this.#ahead.clear();
    this.#recent = [];
    for (const listener of [...this.#listeners]) listener.lost();
  }
}
