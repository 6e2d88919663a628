import { Store } from '@/lib/store';
import type { Edit, Event } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock } from './clock';
import { changedTo, withChange, withReaction } from './message_state';

/** What I have done to a message and its log does not show yet. */
export interface Done {
  /** The message was as of there when I did it: a later event about it is newer than this. */
  since: number;
  body?: string;
  deleted?: true;
  pinned?: boolean;
  /** By emoji: whether I have put it there or taken it away. */
  reactions?: ReadonlyMap<string, boolean>;
}

/** Which message, and as of when. */
export type Target = Pick<Event, 'room' | 'seq' | 'state'>;

export type AllDone = ReadonlyMap<string, Done>;

/** The event of what I did comes within this time, or there was nothing to change. */
const LINGER_MS = 5_000;

/** What I do to messages. Reactions are shown at once and taken back when the server refuses; all else when the server has
 *  it. Failures are thrown as ApiError: who asked says them. */
export class MessageActs {
  readonly done = new Store<AllDone>(new Map());

  readonly #api: Api;
  readonly #clock: Clock;
  readonly #me: string;
  /** What is wanted of a reaction that is being asked for. */
  readonly #wanted = new Map<string, boolean>();

  constructor(api: Api, clock: Clock, me: string) {
    this.#api = api;
    this.#clock = clock;
    this.#me = me;
  }

  /** How a message is to be shown: as the log has it, with what I did to it. */
  shown(message: Event, done: AllDone = this.done.get()): Event {
    const mine = done.get(keyOf(message));
    return mine === undefined ? message : withDone(message, mine, this.#me);
  }

  /** Puts my reaction to a message or takes it away. Pressed again while it is asked for, the last wish counts. */
  async react(message: Event, emoji: string, on: boolean): Promise<void> {
    const key = `${keyOf(message)} ${emoji}`;
    const busy = this.#wanted.has(key);
    this.#wanted.set(key, on);
    this.#setReaction(message, emoji, on);
    if (busy) return;
    try {
      for (let asked: boolean | undefined; asked !== this.#wanted.get(key); ) {
        asked = this.#wanted.get(key) ?? on;
        const path = paramsOf(message);
        await this.#api.call('POST /rooms/{room}/messages/{seq}/reactions', { ...path, body: { emoji, on: asked } });
      }
    } catch (error) {
      this.#setReaction(message, emoji, undefined);
      throw error;
    } finally {
      this.#wanted.delete(key);
    }
    this.#clock.after(LINGER_MS, () => {
      if (!this.#wanted.has(key)) this.#setReaction(message, emoji, undefined);
    });
  }

  async edit(message: Target, body: string): Promise<void> {
    await this.#api.call('PATCH /rooms/{room}/messages/{seq}', { ...paramsOf(message), body: { body } });
    this.#note(message, { body });
  }

  /** Shows an edit that is not saved yet, until it is; undefined: it never will be. */
  hold(message: Target, edit: { since: number; body: string } | undefined): void {
    this.#set(keyOf(message), edit);
  }

  async remove(message: Event): Promise<void> {
    await this.#api.call('DELETE /rooms/{room}/messages/{seq}', paramsOf(message));
    this.#note(message, { deleted: true });
  }

  async pin(message: Event, on: boolean): Promise<void> {
    await this.#api.call('POST /rooms/{room}/messages/{seq}/pin', { ...paramsOf(message), body: { on } });
    this.#note(message, { pinned: on });
  }

  /** Shows nothing of its link any more. */
  async unpreview(message: Event): Promise<void> {
    await this.#api.call('DELETE /rooms/{room}/messages/{seq}/preview', paramsOf(message));
  }

  /** The versions of a message's text, the first first. */
  async versions(message: Event): Promise<Edit[]> {
    return (await this.#api.call('GET /rooms/{room}/messages/{seq}/edits', paramsOf(message))).edits;
  }

  /** My own acts come back as events: from then on the log shows them. */
  heard(events: readonly Event[]): void {
    for (const event of events) {
      if (event.sender !== this.#me || event.about === undefined) continue;
      const message = { ...event, seq: event.about };
      const emoji = String(event.data?.emoji ?? '');
      if (event.type !== 'reacted') continue;
      if (!this.#wanted.has(`${keyOf(message)} ${emoji}`)) this.#setReaction(message, emoji, undefined);
    }
  }

  #note(message: Target, part: Partial<Done>): void {
    const key = keyOf(message);
    const noted: Done = { ...this.done.get().get(key), since: changedTo(message), ...part };
    this.#set(key, noted);
    this.#clock.after(LINGER_MS, () => {
      if (this.done.get().get(key) === noted) this.#set(key, undefined);
    });
  }

  #setReaction(message: Event, emoji: string, on: boolean | undefined): void {
    const key = keyOf(message);
    const known = this.done.get().get(key);
    const reactions = new Map(known?.reactions);
    if (on !== undefined) reactions.set(emoji, on);
    else if (!reactions.delete(emoji)) return;
    const { body, deleted, pinned } = known ?? {};
    const empty = reactions.size === 0 && body === undefined && deleted === undefined && pinned === undefined;
    this.#set(key, empty ? undefined : { since: changedTo(message), ...known, reactions });
  }

  #set(key: string, done: Done | undefined): void {
    const next = new Map(this.done.get());
    if (done === undefined) next.delete(key);
    else next.set(key, done);
    this.done.set(next);
  }
}

function withDone(message: Event, done: Done, me: string): Event {
  let shown = message;
  if (changedTo(message) <= done.since) {
    const change = {
      ...message,
      seq: changedTo(message) + 1,
      about: message.seq,
      sender: me,
      ts: Date.now(),
      body: '',
    };
    if (done.body !== undefined) shown = withChange(shown, { ...change, type: 'edited', body: done.body });
    if (done.pinned !== undefined)
      shown = { ...shown, state: { changed: changedTo(shown), ...shown.state, pinned: done.pinned } };
    if (done.deleted) shown = withChange(message, { ...change, type: 'deleted' });
  }
  if (shown.state?.deleted === true) return shown;
  const before = shown.state?.reactions ?? [];
  let reactions = before;
  for (const [emoji, on] of done.reactions ?? []) {
    const mine = reactions.find((one) => one.emoji === emoji)?.users.includes(me) === true;
    if (mine !== on) reactions = withReaction(reactions, emoji, me, on);
  }
  if (reactions === before) return shown;
  return { ...shown, state: { changed: changedTo(shown), ...shown.state, reactions } };
}

function keyOf(message: Target): string {
  return `${message.room}.${message.seq}`;
}

function paramsOf(message: Target): { params: { room: string; seq: number } } {
  return { params: { room: message.room, seq: message.seq } };
}
