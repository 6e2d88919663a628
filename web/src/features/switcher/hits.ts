import { i18n } from '@lingui/core';
import { unreadOf } from '@/client/room_list';
import { fold, score } from '@/lib/fuzzy';
import type { Room, User } from '@/protocol/ops.gen';
import { roomName } from '@/state/names';

export interface Hit {
  key: string;
  name: string;
  note: string;
  unread: number;
  /** Absent: a person without a conversation yet, or a search. */
  room?: Room;
  person?: User;
  /** What to look for in messages. */
  search?: string;
}

const SHOWN = 30;
/** What unread messages and a recent visit add to how well a name fits. */
const UNREAD_POINTS = 60;
const RECENT_POINTS = 40;

interface Search {
  query: string;
  rooms: readonly Room[];
  users: readonly User[];
  /** Rooms looked at, the last first. */
  recent: readonly string[];
  me: string;
}

/** Rooms and people that a query finds, the best first; without a query what is unread, then what was
 *  looked at last, then what was written in last. Behind what a query finds stands the search for messages. */
export function findHits({ query, rooms, users, recent, me }: Search): Hit[] {
  const folded = fold(query.trim().replace(/^[#@]/, ''));
  const with_dm = new Set(rooms.flatMap((room) => room.peer?.id ?? []));
  const found: { hit: Hit; points: number }[] = [];
  const consider = (hit: Hit, names: string[], bonus: number): void => {
    const best = Math.max(...names.map((name) => score(folded, fold(name))));
    if (best > 0) found.push({ hit, points: best + bonus });
  };
  for (const room of rooms) {
    const visited = recent.indexOf(room.id);
    const unread = unreadOf(room);
    const bonus = (unread > 0 ? UNREAD_POINTS : 0) + (visited < 0 ? 0 : RECENT_POINTS - visited);
    const hit: Hit = {
      key: `r${room.id}`,
      name: roomName(room),
      note: room.kind === 'dm' ? `@${room.peer?.username ?? ''}` : room.topic,
      unread,
      room,
      ...(room.kind === 'dm' && room.peer !== undefined ? { person: room.peer } : {}),
    };
    consider(
      hit,
      [roomName(room), room.peer?.username ?? ''].filter((name) => name !== ''),
      bonus,
    );
  }
  for (const user of users) {
    if (user.id === me || with_dm.has(user.id)) continue;
    const hit: Hit = {
      key: `u${user.id}`,
      name: user.display_name,
      note: `@${user.username}`,
      unread: 0,
      person: user,
    };
    consider(hit, [user.display_name, user.username], -1);
  }
  found.sort(
    (a, b) =>
      b.points - a.points ||
      (b.hit.room?.last?.ts ?? 0) - (a.hit.room?.last?.ts ?? 0) ||
      a.hit.name.localeCompare(b.hit.name),
  );
  const hits = found.slice(0, SHOWN).map(({ hit }) => hit);
  const text = query.trim();
  return text === '' ? hits : [...hits, searchFor(text)];
}

/** The last resort: names did not say it, messages may. */
function searchFor(text: string): Hit {
  return { key: 'search', name: i18n.t('“{text}”', { text }), note: i18n.t('in messages'), unread: 0, search: text };
}
