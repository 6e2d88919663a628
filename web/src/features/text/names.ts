import { use, useCallback, useSyncExternalStore } from 'react';
import type { Chat } from '@/client/chat';
import { nameKey } from '@/lib/name_key';
import type { Room, User } from '@/protocol/ops.gen';
import { SessionContext } from '@/state/context';
import { groupsOf, type NamedGroup, NamedGroups } from '../groups/book';

/** Words that address everybody, as they are offered: in the room, or those of it who are here. */
export const EVERYBODY: readonly string[] = ['all', 'here'];

export function callsMany(name: string): boolean {
  return /^(all|here|channel|everyone)$/.test(nameKey(name));
}

interface Names<T> {
  source: ReadonlyMap<string, T>;
  by_name: ReadonlyMap<string, T>;
}

/** One index for each collection, made again when the collection is another one. */
const people_of = new WeakMap<Chat, Names<User>>();
const rooms_of = new WeakMap<Chat, Names<Room>>();

function lookUp<T>(
  all: WeakMap<Chat, Names<T>>,
  chat: Chat,
  source: ReadonlyMap<string, T>,
  nameOf: (one: T) => string,
): ReadonlyMap<string, T> {
  const known = all.get(chat);
  if (known?.source === source) return known.by_name;
  const by_name = new Map<string, T>();
  for (const one of source.values()) if (nameOf(one) !== '') by_name.set(nameKey(nameOf(one)), one);
  all.set(chat, { source, by_name });
  return by_name;
}

export function personNamed(chat: Chat, username: string): User | undefined {
  return lookUp(people_of, chat, chat.people.users.get(), (user) => user.username).get(nameKey(username));
}

/** Of my rooms only: others are not mine to tell of. */
export function roomNamed(chat: Chat, name: string): Room | undefined {
  const named = (room: Room): string => (room.kind === 'dm' || room.kind === 'group' ? '' : room.name);
  return lookUp(rooms_of, chat, chat.list.rooms.get(), named).get(nameKey(name));
}

const nothing = (): (() => void) => () => {};

/** The person of a name, once they are known; undefined outside of a session. */
export function usePersonNamed(username: string): User | undefined {
  const chat = use(SessionContext)?.chat;
  const read = useCallback(() => (chat === undefined ? undefined : personNamed(chat, username)), [chat, username]);
  return useSyncExternalStore(chat?.people.users.subscribe ?? nothing, read, read);
}

/** The id of my room of that name. */
export function useRoomNamed(name: string): string | undefined {
  const chat = use(SessionContext)?.chat;
  const read = useCallback(() => (chat === undefined ? undefined : roomNamed(chat, name)?.id), [chat, name]);
  return useSyncExternalStore(chat?.list.rooms.subscribe ?? nothing, read, read);
}

/** The group of a name: what the message says comes first, for the name may be another's since. */
export function useGroupNamed(name: string): NamedGroup | undefined {
  const chat = use(SessionContext)?.chat;
  const named = use(NamedGroups);
  const list = chat === undefined ? undefined : groupsOf(chat).list;
  const known = useSyncExternalStore(list?.subscribe ?? nothing, () => list?.get());
  const is = (one: NamedGroup): boolean => nameKey(one.handle) === nameKey(name);
  return named.find(is) ?? known?.groups.find(is);
}
