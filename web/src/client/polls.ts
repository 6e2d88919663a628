import { Store } from '@/lib/store';
import type { Event, Poll, Sticker } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock } from './clock';
import { ApiError } from './error';
import { pollOf } from './poll_state';

/** What I voted for, by the places of the answers. */
export type Vote = readonly number[];

/** Tries of a poll that is being opened; each with the same cmid, so that it is stored once. */
const TRIES = 3;
/** The event of my vote comes within this time. */
const LINGER_MS = 5_000;

/** My votes. In a poll with names the message says them; in an anonymous one only the server can, and only to me. */
export class Polls {
  readonly mine = new Store<ReadonlyMap<string, Vote>>(new Map());

  readonly #api: Api;
  readonly #clock: Clock;
  readonly #me: string;
  /** The vote that was pressed last and is not told to the server, or not answered. */
  readonly #wanted = new Map<string, Vote>();

  constructor(api: Api, clock: Clock, me: string) {
    this.#api = api;
    this.#clock = clock;
    this.#me = me;
  }

  /** What I voted for; undefined: not known so far. */
  voteIn(message: Event, mine = this.mine.get()): Vote | undefined {
    const known = mine.get(keyOf(message));
    if (known !== undefined) return known;
    const state = message.state?.poll;
    if (state === undefined) return [];
    if (pollOf(message)?.anonymous === true) return undefined;
    const named = state.votes?.find((vote) => vote.user === this.#me);
    if (named !== undefined) return named.options;
    return (state.votes?.length ?? 0) < state.voters ? undefined : [];
  }

  /** Makes sure that my vote is known where the message does not say it. */
  async need(message: Event): Promise<void> {
    if (this.#wanted.has(keyOf(message)) || (message.state?.poll?.voters ?? 0) === 0) return;
    const named = message.state?.poll?.votes ?? [];
    const anonymous = pollOf(message)?.anonymous === true;
    if (!anonymous && (named.length >= (message.state?.poll?.voters ?? 0) || named.some((v) => v.user === this.#me)))
      return;
    try {
      const { options } = await this.#api.call('GET /rooms/{room}/messages/{seq}/vote', paramsOf(message));
      if (!this.#wanted.has(keyOf(message))) this.#set(message, options);
    } catch {
      // Asked for again when it is shown again.
    }
  }

  /** Votes for these answers, for none of them with an empty list. Pressed again meanwhile, the last wish counts. Throws
   *  ApiError, and all is as it was. */
  async vote(message: Event, options: Vote): Promise<void> {
    const key = keyOf(message);
    const before = this.voteIn(message);
    const busy = this.#wanted.has(key);
    this.#wanted.set(key, options);
    this.#set(message, options);
    if (busy) return;
    try {
      for (let asked: Vote | undefined; asked !== this.#wanted.get(key); ) {
        asked = this.#wanted.get(key) ?? options;
        const body = { options: [...asked] };
        await this.#api.call('PUT /rooms/{room}/messages/{seq}/vote', { ...paramsOf(message), body });
      }
    } catch (error) {
      this.#set(message, before);
      throw error;
    } finally {
      this.#wanted.delete(key);
    }
    if (pollOf(message)?.anonymous === true) return;
    // From then on the message says it, also when it is changed on another device.
    this.#clock.after(LINGER_MS, () => {
      if (!this.#wanted.has(key)) this.#set(message, undefined);
    });
  }

  async close(message: Event): Promise<void> {
    await this.#api.call('POST /rooms/{room}/messages/{seq}/close', paramsOf(message));
  }

  /** Sends what is more than a text, once, however often it takes. Throws ApiError. */
  async send(room: string, what: { poll: Poll } | { sticker: Sticker }, of: SendPlace) {
    const { cmid, thread } = of;
    const body = { cmid, ...what, ...(thread === undefined ? {} : { thread }) };
    for (let tries = 1; ; tries++) {
      try {
        await this.#api.call('POST /rooms/{room}/messages', { params: { room }, body });
        return;
      } catch (error) {
        const again = error instanceof ApiError && ['network', 'timeout', 'busy', 'unavailable'].includes(error.code);
        if (!again || tries >= TRIES) throw error;
      }
    }
  }

  #set(message: Event, vote: Vote | undefined): void {
    const next = new Map(this.mine.get());
    if (vote === undefined) next.delete(keyOf(message));
    else next.set(keyOf(message), vote);
    this.mine.set(next);
  }
}

export interface SendPlace {
  /** The same for every try. */
  cmid: string;
  thread?: number | undefined;
}

function keyOf(message: Event): string {
  return `${message.room}.${message.seq}`;
}

function paramsOf(message: Event): { params: { room: string; seq: number } } {
  return { params: { room: message.room, seq: message.seq } };
}
