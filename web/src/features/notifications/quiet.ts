import type { Chat } from '@/client/chat';
import { untilMidnight } from '@/lib/time';
import type { Rest, Room } from '@/protocol/ops.gen';
import { FOR_GOOD_MS } from '@/state/notify';
import { untilWords } from '../people/Signs';
import type { Level } from './decide';

const HOUR_MS = 3_600_000;
const MORNING_MS = 8 * HOUR_MS;

/** For how long a room is muted. */
export const QUIET_FOR: { name: string; until: (now: number) => number }[] = [
  { name: '1 hour', until: (now) => now + HOUR_MS },
  { name: '8 hours', until: (now) => now + 8 * HOUR_MS },
  { name: 'Until tomorrow', until: (now) => now + untilMidnight(now) + MORNING_MS },
  { name: 'A week', until: (now) => now + 7 * 24 * HOUR_MS },
  { name: 'Until I switch it on', until: () => FOR_GOOD_MS },
];

export const LEVELS: { level: Level; name: string; means: string }[] = [
  { level: 'all', name: 'All messages', means: 'Everything that is written' },
  {
    level: 'mentions',
    name: 'Mentions and keywords',
    means: 'What names you, has one of your words, or is in a thread you follow',
  },
  { level: 'none', name: 'Nothing', means: 'You look when you want to' },
];

export function levelName(level: Level): string {
  return LEVELS.find((one) => one.level === level)?.name ?? level;
}

/** "Muted until 15:00". */
export function mutedWords(until: number, now: number): string {
  return until >= FOR_GOOD_MS ? 'Muted until you switch it on' : `Muted ${untilWords(until, now)}`;
}

type Mine = Pick<Rest['PUT /rooms/{room}/mine']['body'], 'notify' | 'quiet_until'>;

/** Keeps what of a room notifies me, on all my devices, which are told. Throws ApiError. */
export async function setRoomNotify(chat: Chat, room: Room, body: Mine): Promise<void> {
  await chat.api.call('PUT /rooms/{room}/mine', { params: { room: room.id }, body });
}
