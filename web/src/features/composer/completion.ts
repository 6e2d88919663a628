import { fold, score } from '@/lib/fuzzy';
import type { Member, Room, User, UserGroup } from '@/protocol/ops.gen';
import { EVERYBODY } from '../text/names';
import { isWritable } from '../text/words';
import { COMMANDS, type Command } from './commands';

const SHOWN = 8;

export type PersonChoice = { user: User; member: boolean } | { group: UserGroup } | { everybody: string };

interface PeopleSearch {
  query: string;
  members: readonly Member[];
  /** Others that were found. */
  users: readonly User[];
  /** Who wrote here lately, the last first. */
  speakers: readonly string[];
  groups: readonly UserGroup[];
  room: Room;
  me: string;
}

/** What the place in the room adds to how well a name fits: members come before others whatever they are called. */
const MEMBER_POINTS = 2_000;
const SPEAKER_POINTS = 60;
/** Groups stand behind the people; so many find a place before the last of those. */
const LEAST_GROUPS = 3;

/** The groups that a name may mean, the best first. */
function findGroups(wanted: string, groups: readonly UserGroup[]): PersonChoice[] {
  return groups
    .map((group) => ({ group, points: Math.max(score(wanted, fold(group.handle)), score(wanted, fold(group.title))) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ group }) => ({ group }));
}

export function findPeople({ query, members, users, speakers, groups, room, me }: PeopleSearch): PersonChoice[] {
  const wanted = fold(query);
  const points = new Map<string, { user: User; member: boolean; points: number }>();
  const consider = (user: User, member: boolean): void => {
    if (user.id === me || points.has(user.id)) return;
    const fits = Math.max(score(wanted, fold(user.username)), score(wanted, fold(user.display_name)));
    if (fits === 0) return;
    const spoke = speakers.indexOf(user.id);
    const bonus = (member ? MEMBER_POINTS : 0) + (spoke < 0 ? 0 : Math.max(0, SPEAKER_POINTS - spoke));
    points.set(user.id, { user, member, points: fits + bonus });
  };
  for (const { user } of members) consider(user, true);
  for (const user of users) consider(user, user.id === room.peer?.id);
  const together = findGroups(wanted, groups);
  const places = SHOWN - Math.min(together.length, LEAST_GROUPS);
  const people: PersonChoice[] = [...points.values()].sort((a, b) => b.points - a.points).slice(0, places);
  const found = [...people, ...together].slice(0, SHOWN);
  const everybody = room.kind === 'dm' ? [] : EVERYBODY.filter((name) => name.startsWith(wanted));
  // Without a letter the people are meant first; with one, those words are short enough to be meant.
  const all = everybody.map((name): PersonChoice => ({ everybody: name }));
  return wanted === '' ? [...found.slice(0, SHOWN - all.length), ...all] : [...all, ...found].slice(0, SHOWN);
}

/** My rooms whose names can be written as one word. */
export function findRooms(query: string, rooms: Iterable<Room>): Room[] {
  const wanted = fold(query);
  const found: { room: Room; points: number }[] = [];
  for (const room of rooms) {
    if ((room.kind !== 'public' && room.kind !== 'private') || !isWritable(room.name)) continue;
    const points = score(wanted, fold(room.name));
    if (points > 0) found.push({ room, points });
  }
  found.sort((a, b) => b.points - a.points || a.room.name.localeCompare(b.room.name));
  return found.slice(0, SHOWN).map(({ room }) => room);
}

export function findCommands(query: string): Command[] {
  return COMMANDS.filter(({ name }) => name.startsWith(query.toLowerCase()));
}
