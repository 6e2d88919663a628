import type { Event } from '@/protocol/ops.gen';
import type { Notes } from './auth';
import type { Chat } from './chat';
import { type Clock, fullJitter, type Timer } from './clock';
import { ApiError } from './error';
import { changedTo } from './message_state';

/** An edit that no answer came to. `since`: the message as it was edited. */
interface Waiting {
  room: string;
  seq: number;
  since: number;
  body: string;
}

const MOST = 50;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 15_000;

export const editsKey = (user: string): string => `parley.edits.${user}`;

/** Edits made while the line is down: shown as made, kept over a reload, and saved in their order as soon as the server
 *  answers. The last edit of a message counts. */
export class WaitingEdits {
  readonly #chat: Chat;
  readonly #clock: Clock;
  readonly #notes: Notes;
  readonly #refused: (why: string) => void;
  #busy = false;
  #tries = 0;
  #timer: Timer | undefined;

  constructor(chat: Chat, clock: Clock, notes: Notes, refused: (why: string) => void) {
    this.#chat = chat;
    this.#clock = clock;
    this.#notes = notes;
    this.#refused = refused;
    for (const one of this.#read()) this.#show(one);
    chat.socket.events.on('welcome', () => void this.#save());
    void this.#save();
  }

  add(message: Event, body: string): void {
    const { room, seq } = message;
    const one = { room, seq, since: changedTo(message), body };
    this.#write([...this.#read().filter((other) => other.room !== room || other.seq !== seq), one].slice(-MOST));
    this.#show(one);
    this.#later();
  }

  async #save(): Promise<void> {
    if (this.#busy || this.#stopped()) return;
    this.#busy = true;
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    try {
      for (let one = this.#read()[0]; one !== undefined; one = this.#read()[0]) {
        const { room, seq, since, body } = one;
        try {
          await this.#chat.conversation.acts.edit({ room, seq, state: { changed: since } }, body);
        } catch (error) {
          if (error instanceof ApiError && error.retryable) return this.#later();
          this.#chat.conversation.acts.hold(one, undefined);
          this.#refused(error instanceof ApiError ? error.message : String(error));
        }
        this.#tries = 0;
        const done = JSON.stringify(one);
        this.#write(this.#read().filter((other) => JSON.stringify(other) !== done));
      }
    } finally {
      this.#busy = false;
    }
  }

  #later(): void {
    if (this.#stopped()) return;
    this.#timer ??= this.#clock.after(fullJitter(this.#clock, this.#tries++, RETRY_BASE_MS, RETRY_CAP_MS), () => {
      this.#timer = undefined;
      void this.#save();
    });
  }

  /** Nobody is logged in here any more; the next one who is goes on with what is theirs. */
  #stopped(): boolean {
    return this.#chat.socket.state.get().status === 'stopped';
  }

  #show(one: Waiting): void {
    this.#chat.conversation.acts.hold(one, { since: one.since, body: one.body });
  }

  #read(): Waiting[] {
    try {
      const kept: unknown = JSON.parse(this.#notes.getItem(editsKey(this.#chat.me.id)) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isWaiting) : [];
    } catch {
      return [];
    }
  }

  #write(all: readonly Waiting[]): void {
    if (all.length === 0) this.#notes.removeItem(editsKey(this.#chat.me.id));
    else this.#notes.setItem(editsKey(this.#chat.me.id), JSON.stringify(all));
  }
}

function isWaiting(one: unknown): one is Waiting {
  const { room, seq, since, body } = (one ?? {}) as Partial<Waiting>;
  return typeof room === 'string' && typeof seq === 'number' && typeof since === 'number' && typeof body === 'string';
}
