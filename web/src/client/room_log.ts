import { Store } from '@/lib/store';
import type { Event, Rest } from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';
import { ApiError } from './error';
import { foldRun, withChanges } from './message_state';
import { RoomFeed } from './room_feed';

export type Page = Rest['GET /rooms/{room}/messages']['reply'];
export type FetchPage = (query: { after?: number; before?: number; limit: number }) => Promise<Page>;

export type Side = 'idle' | 'loading' | 'failed';

/** What is held of a room's log: always one run of events without a hole. Each message is as the events about it have made
 *  it so far; those stand in the run as well. */
export interface LogView {
  status: 'empty' | 'loading' | 'ready' | 'failed';
  /** Why it failed. */
  code?: string;
  /** In rising seq, each one more than the one before. */
  events: readonly Event[];
  /** The first event of the room is held. */
  at_start: boolean;
  /** The run ends at the room's last known event, and new ones are put to it as they come. */
  at_end: boolean;
  older: Side;
  newer: Side;
  /** Events that came too early: what is between is being fetched. In rising seq. */
  ahead: readonly Event[];
  /** What this device had of it: what came since is not known yet. */
  kept: boolean;
}

/** The end of a run as the device kept it. `head`: where the room stands now, if that is known. */
export interface KeptRun {
  events: readonly Event[];
  at_start: boolean;
  head?: number | undefined;
}

export const PAGE_EVENTS = 60;
const CATCH_UP_EVENTS = 200;
/** A gap wider than this is not filled: the newest page is loaded in place of what was held. */
const MAX_GAP_EVENTS = 600;
/** As many are held, and so shown, at once; what lies beyond is let go at the far end and fetched again when needed. */
export const MAX_EVENTS = 500;
/** Held of a room whose reader is at its end and sees the last few: each of them costs something with each that comes. */
export const AT_END_EVENTS = 120;
/** Held of a room that nobody looks at. */
const RESTING_EVENTS = 80;
/** How long a missing event may be on its way before it is asked for. */
export const GAP_WAIT_MS = 2_000;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 5_000;
/** So many failures of a first page are taken for a hiccup, of which the reader need not hear. */
const QUIET_TRIES = 2;

const EMPTY: LogView = {
  status: 'empty',
  events: [],
  at_start: false,
  at_end: false,
  older: 'idle',
  newer: 'idle',
  ahead: [],
  kept: false,
};

/** One room's log as this client holds it. Events of the socket and pages of history meet here; whatever their order,
 *  `events` has no hole, no double, and rises, and its messages are as they are now. */
export class RoomLog {
  readonly view = new Store<LogView>(EMPTY);
  /** What happens in the room from now on, for who holds another part of it. */
  readonly feed: RoomFeed;

  readonly #fetch: FetchPage;
  readonly #clock: Clock;
  readonly #ahead = new Map<number, Event>();
  #head = 0;
  /** Counts replacements of the run: an answer that was asked for an earlier one is dropped. */
  #generation = 0;
  #filling = false;
  #fill_tries = 0;
  #gap: Timer | undefined;
  /** What the device has; asked once, while nothing is held. */
  #device: (() => Promise<KeptRun | undefined>) | undefined;
  #reading: Promise<void> | undefined;
  /** Ends the following of what happens behind a run that does not reach the end. */
  #unfollow: (() => void) | undefined;

  constructor(fetch: FetchPage, clock: Clock, device?: () => Promise<KeptRun | undefined>) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#device = device;
    this.feed = new RoomFeed(fetch, clock);
  }

  /** The last seq held, 0 when none is. */
  get last_seq(): number {
    return this.view.get().events.at(-1)?.seq ?? 0;
  }

  get head(): number {
    return this.#head;
  }

  /** Loads the newest page, unless the run already reaches the end. */
  async openNewest(limit = PAGE_EVENTS): Promise<void> {
    const view = this.view.get();
    if (view.status === 'loading' || (view.status === 'ready' && view.at_end)) return;
    if (this.#device !== undefined) {
      await this.#fromDevice();
      return this.openNewest(limit);
    }
    await this.#open({ limit }, 0);
  }

  /** Loads the context of one event, unless it is held. */
  async openAround(seq: number): Promise<void> {
    if (this.#device !== undefined) await this.#fromDevice(seq);
    const { events, status } = this.view.get();
    const first = events[0];
    if (status === 'ready' && first !== undefined && seq >= first.seq && seq <= this.last_seq) return;
    await this.#open({ before: seq + Math.floor(PAGE_EVENTS / 2) + 1, limit: PAGE_EVENTS }, seq);
  }

  /** Shows what the device kept until more is known. Does nothing when something is held already. */
  restore({ events, at_start, head }: KeptRun): void {
    this.#device = undefined;
    if (this.view.get().status !== 'empty' || events.length === 0) return;
    this.view.set({ ...EMPTY, status: 'ready', events, at_start, at_end: true, kept: true });
    if (head !== undefined) this.noteHead(head, true);
  }

  async loadOlder(): Promise<void> {
    const view = this.view.get();
    const first = view.events[0];
    if (view.status !== 'ready' || view.at_start || view.older === 'loading' || first === undefined) return;
    const generation = this.#generation;
    this.#patch({ older: 'loading' });
    try {
      const page = await this.#fetch({ before: first.seq, limit: PAGE_EVENTS });
      if (generation === this.#generation) this.#prepend(page);
    } catch {
      if (generation === this.#generation) this.#patch({ older: 'failed' });
    }
  }

  async loadNewer(): Promise<void> {
    const view = this.view.get();
    if (view.status !== 'ready' || view.at_end || view.newer === 'loading') return;
    const generation = this.#generation;
    this.#patch({ newer: 'loading' });
    try {
      const page = await this.#fetch({ after: this.last_seq, limit: PAGE_EVENTS });
      if (generation === this.#generation) this.#extend(page);
    } catch {
      if (generation === this.#generation) this.#patch({ newer: 'failed' });
    }
  }

  /** Events of the socket, or one made of an ack. */
  apply(...events: readonly Event[]): void {
    for (const event of events) this.#head = Math.max(this.#head, event.seq);
    this.feed.apply(events);
    const view = this.view.get();
    if (view.status !== 'loading' && (view.status !== 'ready' || !view.at_end)) return;
    const last = this.last_seq;
    const fresh = events.filter((event) => event.seq > last);
    for (const event of fresh) this.#ahead.set(event.seq, event);
    if (view.status === 'ready' && fresh.length > 0) this.#drain();
  }

  /** The room's head as somebody told it. `missed`: what is between will not come by itself. */
  noteHead(head: number, missed: boolean): void {
    this.#head = Math.max(this.#head, head);
    this.feed.noteHead(head, missed);
    const view = this.view.get();
    if (view.status !== 'ready' || !view.at_end) return;
    if (this.last_seq >= this.#head) return view.kept ? this.#patch({ kept: false }) : undefined;
    if (missed) void this.#fill();
    else this.#armGap(GAP_WAIT_MS);
  }

  /** Lets go of the oldest beyond the bound, a page of them at once. For a reader at the end, who cannot see them. */
  trimOlder(): void {
    const { events } = this.view.get();
    if (events.length <= AT_END_EVENTS + PAGE_EVENTS) return;
    this.#patch({ events: events.slice(-AT_END_EVENTS), at_start: false });
  }

  /** Nobody looks any more: keeps little, and only what new events can be put to. */
  rest(): void {
    const view = this.view.get();
    if (view.status !== 'ready') return;
    if (!view.at_end) this.clear();
    else if (view.events.length > RESTING_EVENTS) {
      this.#patch({ events: view.events.slice(-RESTING_EVENTS), at_start: false });
    }
  }

  /** Forgets everything: the log is another one, or, `gone`, is not mine any more. */
  clear(gone?: boolean): void {
    this.#generation++;
    this.#device = undefined;
    this.#ahead.clear();
    this.#head = 0;
    this.#filling = false;
    this.#clock.cancel(this.#gap);
    this.#gap = undefined;
    this.#stopFollowing();
    this.view.set(EMPTY);
    this.feed.clear(gone);
  }

  /** `seq`: of no use without it. */
  #fromDevice(seq?: number): Promise<void> {
    const generation = this.#generation;
    this.#reading ??= (this.#device?.() ?? Promise.resolve(undefined)).then((run) => {
      this.#device = undefined;
      const useful = seq === undefined || run?.events.some((event) => event.seq === seq) === true;
      if (run !== undefined && useful && generation === this.#generation) this.restore(run);
    });
    return this.#reading;
  }

  /** Loads a run in place of what was held. Goes on trying, later each time, while the failure may pass. */
  async #open(query: { before?: number; limit: number }, around: number, tries = 0): Promise<void> {
    const generation = ++this.#generation;
    // What the device had stays on the screen until there is something in its place.
    const { kept } = this.view.get();
    this.#filling = kept;
    this.#clock.cancel(this.#gap);
    this.#gap = undefined;
    this.#stopFollowing();
    if (tries <= QUIET_TRIES && !kept) this.view.set({ ...EMPTY, status: 'loading' });
    try {
      const page = await this.#fetch(query);
      if (generation !== this.#generation) return;
      this.#filling = false;
      const events = run(page.events, undefined);
      this.#head = Math.max(this.#head, page.head);
      const last = events.at(-1)?.seq ?? 0;
      const at_end = around === 0 || last >= page.head;
      const at_start = events[0] === undefined ? true : events[0].seq <= 1 || page.complete;
      this.view.set({ ...EMPTY, status: 'ready', events: foldRun(events), at_start, at_end });
      if (at_end) return this.#drain();
      // What came meanwhile is not put to this run; what it says of its messages is.
      const ahead = [...this.#ahead.values()].sort((a, b) => a.seq - b.seq);
      this.#ahead.clear();
      this.#follow(page.head);
      this.feed.apply(ahead);
      this.feed.noteHead(this.#head, false);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#filling = false;
      const known = error instanceof ApiError ? error : new ApiError('internal', '');
      const again = known.retryable;
      if (!again || (tries >= QUIET_TRIES && !kept)) this.view.set({ ...EMPTY, status: 'failed', code: known.code });
      if (!again) return;
      const wait_ms = RETRY_BASE_MS / 2 + fullJitter(this.#clock, tries, RETRY_BASE_MS, RETRY_CAP_MS);
      this.#gap = this.#clock.after(wait_ms, () => {
        this.#gap = undefined;
        void this.#open(query, around, tries + 1);
      });
    }
  }

  #prepend(page: Page): void {
    const view = this.view.get();
    const first = view.events[0];
    if (first === undefined) return;
    const older = run(page.events, undefined).filter((event) => event.seq < first.seq);
    const last = older.at(-1);
    if (last !== undefined && last.seq !== first.seq - 1) return this.#patch({ older: 'failed' });
    const all = [...older, ...view.events];
    const lowest = all[0]?.seq ?? 1;
    const at_start = lowest <= 1 || page.complete || older.length === 0;
    const trimmed = all.length > MAX_EVENTS;
    if (trimmed) this.#ahead.clear();
    const { last_seq } = this;
    const folded = this.#folded(all);
    this.#patch({
      events: trimmed ? folded.slice(0, MAX_EVENTS) : folded,
      at_start,
      at_end: view.at_end && !trimmed,
      older: 'idle',
      ahead: trimmed ? [] : view.ahead,
    });
    if (trimmed && view.at_end) this.#follow(last_seq);
  }

  /** A reader goes down through a run that does not reach the end. */
  #extend(page: Page): void {
    const view = this.view.get();
    this.#head = Math.max(this.#head, page.head);
    const all = [...view.events, ...run(page.events, this.last_seq)];
    const last = all.at(-1)?.seq ?? 0;
    const trimmed = all.length > MAX_EVENTS;
    const folded = this.#folded(all);
    const at_end = last >= this.#head || page.events.length === 0;
    if (at_end) this.#stopFollowing();
    this.#patch({
      events: trimmed ? folded.slice(-MAX_EVENTS) : folded,
      at_start: view.at_start && !trimmed,
      at_end,
      newer: 'idle',
    });
  }

  /** Puts what came early to the run, as far as it goes without a hole. */
  #drain(): void {
    const view = this.view.get();
    const events = [...view.events];
    let last = this.last_seq;
    for (let next = this.#ahead.get(last + 1); next !== undefined; next = this.#ahead.get(last + 1)) {
      events.push(next);
      last = next.seq;
    }
    for (const seq of this.#ahead.keys()) if (seq <= last) this.#ahead.delete(seq);
    const ahead = [...this.#ahead.values()].sort((a, b) => a.seq - b.seq);
    const grown = events.length > view.events.length;
    const kept = view.kept && last < this.#head;
    if (grown || ahead.length > 0 || view.ahead.length > 0 || kept !== view.kept) {
      this.#patch({ ahead, kept, ...(grown ? { events: foldRun(events, view.events.length) } : {}) });
    }
    if (events.length > MAX_EVENTS * 2) {
      this.#patch({ events: this.view.get().events.slice(0, MAX_EVENTS), at_end: false });
      this.#follow(last);
    } else if (last < this.#head) this.#armGap(GAP_WAIT_MS);
    else this.#closeGap();
  }

  #closeGap(): void {
    this.#clock.cancel(this.#gap);
    this.#gap = undefined;
    this.#fill_tries = 0;
  }

  #armGap(wait_ms: number): void {
    if (this.#gap !== undefined || this.#filling) return;
    this.#gap = this.#clock.after(wait_ms, () => {
      this.#gap = undefined;
      void this.#fill();
    });
  }

  async #fill(): Promise<void> {
    const view = this.view.get();
    if (this.#filling || view.status !== 'ready' || !view.at_end || this.last_seq >= this.#head) return;
    if (this.#head - this.last_seq > MAX_GAP_EVENTS) return this.#open({ limit: PAGE_EVENTS }, 0);
    const generation = this.#generation;
    this.#filling = true;
    try {
      const page = await this.#fetch({ after: this.last_seq, limit: CATCH_UP_EVENTS });
      if (generation !== this.#generation) return;
      this.#filling = false;
      this.#head = Math.max(this.#head, page.head);
      const before = this.last_seq;
      for (const event of page.events) if (event.seq > before) this.#ahead.set(event.seq, event);
      this.#drain();
      // Nothing new although the head says so: it may be a moment ahead of what is readable. Ask again, later each time.
      if (this.last_seq === before) this.#retryFill();
      else if (this.last_seq < this.#head) await this.#fill();
    } catch {
      if (generation !== this.#generation) return;
      this.#filling = false;
      this.#retryFill();
    }
  }

  #retryFill(): void {
    if (this.last_seq >= this.#head) return;
    this.#clock.cancel(this.#gap);
    this.#gap = undefined;
    this.#armGap(RETRY_BASE_MS / 2 + fullJitter(this.#clock, this.#fill_tries++, RETRY_BASE_MS, RETRY_CAP_MS));
  }

  /** New events are not put to the run, but what they say of its messages is. `since`: what is held is as of there. */
  #follow(since: number): void {
    this.#unfollow?.();
    this.#unfollow = this.feed.listen(since, {
      events: (events) => {
        const now = this.view.get().events;
        const next = withChanges(now, events);
        if (next !== now) this.#patch({ events: next });
      },
      lost: () => {
        const { events } = this.view.get();
        const middle = events[Math.floor(events.length / 2)];
        if (middle !== undefined)
          void this.#open({ before: middle.seq + PAGE_EVENTS / 2 + 1, limit: PAGE_EVENTS }, middle.seq);
      },
    });
  }

  #stopFollowing(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  /** A run that a page was put to. The page may be from before what was told meanwhile. */
  #folded(run: readonly Event[]): readonly Event[] {
    const folded = foldRun(run);
    return this.#unfollow === undefined ? folded : withChanges(folded, this.feed.recent);
  }

  #patch(part: Partial<LogView>): void {
    this.view.set({ ...this.view.get(), ...part });
  }
}

/** The part of a page that continues `after` (or itself) without a hole. */
function run(events: readonly Event[], after: number | undefined): Event[] {
  const out: Event[] = [];
  let last = after;
  for (const event of events) {
    if (last !== undefined && event.seq <= last) continue;
    if (last !== undefined && event.seq !== last + 1) break;
    out.push(event);
    last = event.seq;
  }
  return out;
}
