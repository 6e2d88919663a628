import { i18n, type MessageDescriptor } from '@lingui/core';
import type { Chat } from '@/client/chat';
import { untilMidnight } from '@/lib/time';
import type { Rest, Room } from '@/protocol/ops.gen';
import { FOR_GOOD_MS } from '@/state/notify';
import { endWords } from '../people/Signs';
import type { Level } from './decide';

const HOUR_MS = 3_600_000;
const MORNING_MS = 8 * HOUR_MS;

/** For how long a room is muted. */
export const QUIET_FOR: { name: MessageDescriptor; until: (now: number) => number }[] = [
  { name: /*i18n*/ { id: '1 hour' }, until: (now) => now + HOUR_MS },
  { name: /*i18n*/ { id: '8 hours' }, until: (now) => now + 8 * HOUR_MS },
  { name: /*i18n*/ { id: 'Until tomorrow' }, until: (now) => now + untilMidnight(now) + MORNING_MS },
  { name: /*i18n*/ { id: 'A week' }, until: (now) => now + 7 * 24 * HOUR_MS },
  { name: /*i18n*/ { id: 'Until I switch it on' }, until: () => FOR_GOOD_MS },
];

export const LEVELS: { level: Level; name: MessageDescriptor; means: MessageDescriptor }[] = [
  { level: 'all', name: /*i18n*/ { id: 'All messages' }, means: /*i18n*/ { id: 'Everything that is written' } },
  {
    level: 'mentions',
    name: /*i18n*/ { id: 'Mentions and keywords' },
    means: /*i18n*/ { id: 'What names you, has one of your words, or is in a thread you follow' },
  },
  { level: 'none', name: /*i18n*/ { id: 'Nothing' }, means: /*i18n*/ { id: 'You look when you want to' } },
];

export function levelName(level: Level): string {
  const known = LEVELS.find((one) => one.level === level);
  return known === undefined ? level : i18n.t(known.name);
}

/** "Muted until 15:00". */
export function mutedWords(until: number, now: number): string {
  return until >= FOR_GOOD_MS
    ? i18n.t('Muted until you switch it on')
    : i18n.t('Muted until {time}', { time: endWords(until, now) });
}

type Mine = Pick<Rest['PUT /rooms/{room}/mine']['body'], 'notify' | 'quiet_until'>;

/** Keeps what of a room notifies me, on all my devices, which are told. Throws ApiError. */
export async function setRoomNotify(chat: Chat, room: Room, body: Mine): Promise<void> {
  await chat.api.call('PUT /rooms/{room}/mine', { params: { room: room.id }, body });
}
