import { unreadOf } from '@/client/room_list';
import type { Room } from '@/protocol/ops.gen';
import { isHushed } from '@/state/notify';
import { type Call, type Decision, decide, isDirect, type Level, levelOf } from './decide';
import type { Hits } from './keyword_hits';

export interface Badge {
  /** Messages that the title tells of. */
  unread: number;
  /** Those of them that are meant for me: the number on the page's sign. */
  mine: number;
}

const NO_HITS: Hits = new Map();

/** What the page's title and sign show of the rooms. */
export function badgeOf(rooms: Iterable<Room>, of_rooms: Level, now: number, hits = NO_HITS): Badge {
  let unread = 0;
  let mine = 0;
  for (const room of rooms) {
    // Of thousands of rooms most have nothing, whenever anything comes.
    if (unreadOf(room) === 0 && !room.mentions?.length && !hits.has(room.id)) continue;
    const plain = unreadOf(room) > 0 ? badge(room, isDirect(room) ? 'direct' : 'plain', of_rooms, now) : 'none';
    // A message that names me and has a keyword, too, is one. Both are decided alike.
    const called = new Set([...(room.mentions ?? []), ...(hits.get(room.id) ?? [])]).size;
    const named = called > 0 ? badge(room, 'mention', of_rooms, now) : 'none';
    const all = Math.max(unreadOf(room), called);
    unread += plain !== 'none' ? all : named !== 'none' ? called : 0;
    mine += plain === 'count' ? all : named === 'count' ? called : 0;
  }
  return { unread, mine };
}

function badge(room: Room, call: Call, of_rooms: Level, now: number): Decision['badge'] {
  const level = levelOf(room, of_rooms);
  const muted = isHushed(room, now);
  return decide({ call, level, muted, dnd: false, looking: false, own: false, blocked: false, late: false }).badge;
}

const MOST = 99;

/** `server`: what it is called; `places`: where one is, the narrowest first. */
export function titleOf({ unread }: Badge, server: string, places: readonly string[] = []): string {
  const name = [...places, server].join(' · ');
  return unread > 0 ? `(${unread > MOST ? `${MOST}+` : unread}) ${name}` : name;
}

const SIGN = '/favicon.svg';
const MARK =
  '<style>.a{fill:#0b6b5d}.b{fill:#1d1b18}@media(prefers-color-scheme:dark){.a{fill:#5cc9b4}.b{fill:#e9e7e2}}</style>' +
  '<path class="a" d="M6 3h9a4 4 0 0 1 4 4v5a4 4 0 0 1-4 4H8l-6 5V7a4 4 0 0 1 4-4z"/>' +
  '<path class="b" d="M21 9.2a4 4 0 0 1 5 3.8v13l-6-5h-6.5a4 4 0 0 1-3.8-3H15a6 6 0 0 0 6-6z"/>';

/** The address of the page's sign: the mark, with a dot for what is unread and a number for what is meant for me. */
export function signOf({ unread, mine }: Badge): string {
  if (unread === 0 && mine === 0) return SIGN;
  const text = mine > 9 ? '9+' : String(mine);
  const over =
    mine === 0
      ? '<circle cx="22" cy="22" r="5.500" fill="#b3261e" stroke="#fff" stroke-width="1.500"/>'
      : '<circle cx="19" cy="19" r="9" fill="#b3261e"/>' +
        `<text x="19" y="${mine > 9 ? 23 : 24}" text-anchor="middle" font-family="sans-serif" font-weight="700" ` +
        `font-size="${mine > 9 ? 11 : 14}" fill="#fff">${text}</text>`;
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28">${MARK}${over}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(drawn)}`;
}
