import { createContext } from 'react';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import type { Rest } from '@/protocol/ops.gen';

export type GroupList = Rest['GET /groups']['reply'];

/** A group as a message names it: with the handle that it had then. */
export interface NamedGroup {
  id: string;
  handle: string;
}

/** What a message says of the groups in it. */
export const NamedGroups = createContext<readonly NamedGroup[]>([]);

/** A list that was asked for so long ago is asked for again when it is needed. */
const FRESH_MS = 60_000;

/** The groups of people of the server, as they were told last: for who writes, and for what was not sent yet. What is stored
 *  says itself which groups it names. */
export class GroupBook {
  /** Undefined: nobody needed it so far. */
  readonly list = new Store<GroupList | undefined>(undefined);

  readonly #chat: Pick<Chat, 'api'>;
  #asked_at = 0;

  constructor(chat: Pick<Chat, 'api'>) {
    this.#chat = chat;
  }

  /** Asks when what is held is old; an answer that does not come leaves it as it is. */
  need(now = Date.now()): void {
    if (now - this.#asked_at < FRESH_MS) return;
    this.#asked_at = now;
    this.refresh().catch(() => {
      this.#asked_at = 0;
    });
  }

  async refresh(): Promise<void> {
    this.list.set(await this.#chat.api.call('GET /groups', {}));
  }
}

const books = new WeakMap<Chat, GroupBook>();

export function groupsOf(chat: Chat): GroupBook {
  const known = books.get(chat) ?? new GroupBook(chat);
  books.set(chat, known);
  return known;
}
