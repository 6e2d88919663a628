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

/** The groups of people of the server, as they were told last: for who writes, and for what was not sent yet. What is stored
 *  says itself which groups it names. */
export class GroupBook {
  /** Undefined: nobody needed it so far. */
  readonly list = new Store<GroupList | undefined>(undefined);

  readonly #chat: Pick<Chat, 'api'>;
  #needed: Promise<void> | undefined;
  #asked = 0;
  #answered = 0;

  constructor(chat: Pick<Chat, 'api'>) {
    this.#chat = chat;
  }

  /** Who is about to read the list says so each time: what is held is shown meanwhile, and stays when no answer comes. */
  need(): void {
    this.#needed ??= this.refresh()
      .catch(() => {})
      .finally(() => {
        this.#needed = undefined;
      });
  }

  /** Asks now, whatever was asked before: an answer that comes behind that of a later question is not taken. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    const turn = this.#asked;
    const list = await this.#chat.api.call('GET /groups', {});
    if (turn < this.#answered) return;
    this.#answered = turn;
    this.list.set(list);
  }
}

const books = new WeakMap<Chat, GroupBook>();

export function groupsOf(chat: Chat): GroupBook {
  const known = books.get(chat) ?? new GroupBook(chat);
  books.set(chat, known);
  return known;
}
