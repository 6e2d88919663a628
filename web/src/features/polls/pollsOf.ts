import type { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { Polls } from '@/client/polls';

const known = new WeakMap<Chat, Polls>();

/** The polls of a logged-in person: made, and fetched, when one is seen or opened first. */
export function pollsOf(chat: Chat): Polls {
  const polls = known.get(chat) ?? new Polls(chat.api, systemClock, chat.me.id);
  known.set(chat, polls);
  return polls;
}
