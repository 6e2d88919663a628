import { fold, score } from '@/lib/fuzzy';
import type { Member, Room, User } from '@/protocol/ops.gen';
import { EVERYBODY } from '../text/names';
import { isWritable } from '../text/words';
import { COMMANDS, type Command } from './commands';
import { isInFence } from './editing';

export type Kind = 'person' | 'room' | 'emoji' | 'command';

/** A word being written that names something: from its sign to the caret. */
export interface Place {
  kind: Kind;
  query: string;
  from: number;
  to: number;
}

/** No name is longer; nothing further back is looked at. */
const LOOK_BACK = 90;
const SHOWN = 8;
const KINDS: Record<string, Kind> = { '@': 'person', '#': 'room', ':': 'emoji' };
/** One letter after a colon is a face more often than an emoji's name. */
const MIN_EMOJI_QUERY = 2;

/** What could be completed at the caret; undefined within code, and within words: "a@b", "10:30". */
export function placeAt(text: string, caret: number): Place | undefined {
  const before = text.slice(0, caret);
  const command = /^\/([a-z]*)$/i.exec(before);
  if (command !== null) return { kind: 'command', query: command[1] ?? '', from: 0, to: caret };
  const found = /(?:^|[\s([{"'*_~|,;>])([@#:])([\p{L}\p{M}\p{N}._+-]*)$/u.exec(before.slice(-LOOK_BACK));
  const kind = KINDS[found?.[1] ?? ''];
  const query = found?.[2] ?? '';
  if (kind === undefined || isInCode(before)) return undefined;
  if (kind === 'emoji' && (query.length < MIN_EMOJI_QUERY || !/^[a-z0-9_+-]+$/i.test(query))) return undefined;
  return { kind, query, from: caret - query.length - 1, to: caret };
}

function isInCode(before: string): boolean {
  if (isInFence(before)) return true;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return (line.match(/`/g) ?? []).length % 2 === 1;
}

export type PersonChoice = { user: User; member: boolean } | { everybody: string };

interface PeopleSearch {
  query: string;
  members: readonly Member[];
  /** Others that were found. */
  users: readonly User[];
  /** Who wrote here lately, the last first. */
  speakers: readonly string[];
  room: Room;
  me: string;
}

/** What the place in the room adds to how well a name fits: members come before others whatever they are called. */
const MEMBER_POINTS = 2_000;
const SPEAKER_POINTS = 60;

export function findPeople({ query, members, users, speakers, room, me }: PeopleSearch): PersonChoice[] {
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
  const found: PersonChoice[] = [...points.values()].sort((a, b) => b.points - a.points).slice(0, SHOWN);
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
