import type { Me, Room } from '@/protocol/ops.gen';

export type Level = Me['notify_rooms'];

/** What a message is to me. `direct`: in a conversation of two or in a group. `thread`: a reply in a thread I follow.
 *  Of several the first here counts. */
export type Call = 'mention' | 'keyword' | 'thread' | 'direct' | 'plain';

export interface Situation {
  call: Call;
  /** What holds for its room. */
  level: Level;
  /** I have muted the room. */
  muted: boolean;
  /** I do not want to be disturbed. */
  dnd: boolean;
  /** I look at its room, here or in another tab. */
  looking: boolean;
  /** I wrote it, on another device. */
  own: boolean;
  /** I block who wrote it. */
  blocked: boolean;
  /** It was written long before it came here. */
  late: boolean;
}

export interface Decision {
  /** A notification of the system, with its sound. */
  alert: boolean;
  /** What it adds to the page's title and sign: nothing, that there is something, or a number. */
  badge: 'none' | 'dot' | 'count';
}

const NOTHING: Decision = { alert: false, badge: 'none' };

/** The one rule of what notifies: alerts and badges are both made of it. docs/notifications.md has it as a table. */
export function decide(what: Situation): Decision {
  if (what.own || what.blocked || what.muted) return NOTHING;
  const badge = badgeFor(what.call, what.level);
  const silent = what.dnd || what.looking || what.late;
  return { alert: !silent && alerts(what.call, what.level), badge };
}

function alerts(call: Call, level: Level): boolean {
  if (level === 'none') return false;
  return level === 'all' || isCall(call);
}

function badgeFor(call: Call, level: Level): Decision['badge'] {
  if (level === 'none') return call === 'mention' || call === 'keyword' ? 'dot' : 'none';
  return isCall(call) || (call === 'direct' && level === 'all') ? 'count' : 'dot';
}

/** It is meant for me among others. */
function isCall(call: Call): boolean {
  return call === 'mention' || call === 'keyword' || call === 'thread';
}

/** What holds for a room: its own level, else all for people I talk with directly, else my default. */
export function levelOf(room: Pick<Room, 'kind' | 'notify'>, of_rooms: Level): Level {
  return room.notify ?? (isDirect(room) ? 'all' : of_rooms);
}

export function isDirect(room: Pick<Room, 'kind'>): boolean {
  return room.kind === 'dm' || room.kind === 'group';
}
