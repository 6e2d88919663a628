import { Store } from '@/lib/store';
import type { Event, Rest, Thread } from '@/protocol/ops.gen';
import { ApiError } from './error';
import { withChange, withChanges } from './message_state';
import type { RoomFeed } from './room_feed';
import type { Side } from './room_log';

export type ThreadPage = Rest['GET /rooms/{room}/threads/{seq}']['reply'];

export interface ThreadSource {
  root: number;
  fetch: (query: { after?: number; before?: number; limit: number }) => Promise<ThreadPage>;
  feed: RoomFeed;
  /** How far the room is known to go. */
  head: () => number;
}

export interface ThreadView {
  status: 'loading' | 'ready' | 'failed';
  /** Why it failed. */
  code?: string;
  /** The root as it is now, and my place in the thread as it was when it was opened. */
  thread?: Thread;
  /** In rising seq: all from the first one held on. */
  replies: readonly Event[];
  at_start: boolean;
  older: Side;
}

const PAGE = 50;

/** One thread as it is shown: its newest replies, older ones when asked for, and what comes. Follows the room's feed, so
 *  that no reply is missing and each is as it is now. */
export class ThreadLog {
  readonly view = new Store<ThreadView>({ status: 'loading', replies: [], at_start: false, older: 'idle' });

  readonly #source: ThreadSource;
  #unlisten: (() => void) | undefined;
  /** What came while the first page was under way. */
  #early: Event[] = [];
  #generation = 0;

  constructor(source: ThreadSource) {
    this.#source = source;
  }

  /** Loads the newest replies, in place of what is held. */
  async open(): Promise<void> {
    const generation = ++this.#generation;
    this.#early = [];
    if (this.view.get().status !== 'ready') this.#patch({ status: 'loading' });
    // From before the question on, so that nothing falls between the answer and what comes.
    this.#unlisten ??= this.#source.feed.listen(this.#source.head(), {
      events: (events) => this.#take(events),
      early: (event) => this.#take([event], true),
      lost: () => void this.open(),
    });
    try {
      const { complete, replies, thread } = await this.#source.fetch({ limit: PAGE });
      if (generation !== this.#generation) return;
      this.view.set({ status: 'ready', thread, replies, at_start: complete, older: 'idle' });
      const early = this.#early;
      this.#early = [];
      this.#take(early);
    } catch (error) {
      if (generation !== this.#generation || this.view.get().status === 'ready') return;
      this.#patch({ status: 'failed', code: error instanceof ApiError ? error.code : 'internal' });
    }
  }

  async loadOlder(): Promise<void> {
    const { at_start, older, replies, status } = this.view.get();
    const [first] = replies;
    if (status !== 'ready' || at_start || older === 'loading' || first === undefined) return;
    const generation = this.#generation;
    this.#patch({ older: 'loading' });
    try {
      const page = await this.#source.fetch({ before: first.seq, limit: PAGE });
      if (generation !== this.#generation) return;
      const now = this.view.get().replies;
      const fresh = withChanges(page.replies, this.#source.feed.recent).filter(
        (reply) => reply.seq < (now[0]?.seq ?? Infinity),
      );
      this.#patch({ replies: [...fresh, ...now], at_start: page.complete || fresh.length === 0, older: 'idle' });
    } catch {
      if (generation === this.#generation) this.#patch({ older: 'failed' });
    }
  }

  /** Whether I follow it, as far as this view shows. */
  setFollowing(following: boolean): void {
    const { thread } = this.view.get();
    if (thread !== undefined) this.#patch({ thread: { ...thread, following } });
  }

  close(): void {
    this.#generation++;
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** `too_early`: an earlier event is missing. A reply has its place by its seq all the same; what changes messages waits. */
  #take(events: readonly Event[], too_early = false): void {
    const { replies, status, thread } = this.view.get();
    if (status !== 'ready' || thread === undefined) {
      if (!too_early) this.#early.push(...events);
      return;
    }
    const mine = events.filter((event) => event.type === 'reply' && event.about === this.#source.root);
    const said = withReplies(replies, mine);
    if (too_early) {
      if (said !== replies) this.#patch({ replies: said });
      return;
    }
    const next = withChanges(said, events);
    const root = events.reduce(withChange, thread.root);
    if (next !== replies || root !== thread.root) this.#patch({ replies: next, thread: { ...thread, root } });
  }

  #patch(part: Partial<ThreadView>): void {
    this.view.set({ ...this.view.get(), ...part });
  }
}

function withReplies(held: readonly Event[], replies: readonly Event[]): readonly Event[] {
  const known = new Set(held.map((reply) => reply.seq));
  const fresh = replies.filter((reply) => !known.has(reply.seq));
  return fresh.length === 0 ? held : [...held, ...fresh].sort((a, b) => a.seq - b.seq);
}
