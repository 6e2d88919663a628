import { i18n } from '@lingui/core';
import type { Room, User } from '@/protocol/ops.gen';

/** What a person is called until their name is known. */
export const UNKNOWN_PERSON = '…';

export function nameOf(user: User | undefined): string {
  return user === undefined ? UNKNOWN_PERSON : user.display_name;
}

/** A direct message is called by its other person, myself for notes to myself. */
export function roomName(room: Room): string {
  if (room.kind === 'dm') return room.peer?.display_name ?? i18n.t('Notes to myself');
  return room.name === '' ? i18n.t('Group') : room.name;
}

/** As it is written in running text: #general, Ada. */
export function roomLabel(room: Room): string {
  return room.kind === 'public' ? `#${roomName(room)}` : roomName(room);
}
