import type { Chat } from './chat';
import { unreadOf } from './room_list';

/** More than is in sight at once; what is above comes right behind. As many as public/early.js asks for. */
export const FIRST_EVENTS = 30;

/** The room that the page opens with, asked for by itself: of thousands the list takes long, and nobody reads that first.
 *  `newest`: with its newest messages, unless it is read from where something new begins. Never fails: the list is on its way,
 *  and says what is to be said. */
export async function openFirst(chat: Chat, id: string, newest: boolean): Promise<void> {
  if (chat.list.loaded.get()) return;
  const room = await chat.api.call('GET /rooms/{room}', { params: { room: id } }).catch(() => undefined);
  if (room?.role === undefined) return;
  if (room.peer !== undefined) chat.people.put([room.peer]);
  chat.list.foresee(room);
  if (newest && unreadOf(room) < FIRST_EVENTS / 2) await chat.log(id).openNewest(FIRST_EVENTS);
}
