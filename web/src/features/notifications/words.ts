import { i18n } from '@lingui/core';
import { excerpt } from '@/lib/text';
import type { Event, Room } from '@/protocol/ops.gen';
import { roomLabel } from '@/state/names';
import { lineOf } from '../timeline/forward';

const BODY_CHARS = 160;

export interface Said {
  room: Room;
  /** The last of them. */
  event: Event;
  /** How many since the person looked. */
  count: number;
  /** Who wrote it. */
  name: string;
  hide_text: boolean;
}

export function noteWords({ room, event, count, name, hide_text }: Said): { title: string; body: string } {
  const from = `${name}${room.kind === 'dm' ? '' : ` · ${placeOf(event, roomLabel(room))}`}`;
  const title = count > 1 ? `${from} (${count})` : from;
  if (hide_text)
    return { title, body: i18n.t('{count, plural, one {# new message} other {# new messages}}', { count }) };
  return { title, body: cut(excerpt(lineOf(event))) };
}

function placeOf(event: Event, room: string): string {
  return event.type === 'reply' ? i18n.t('thread in {room}', { room }) : room;
}

function cut(text: string): string {
  const chars = [...text];
  return chars.length <= BODY_CHARS ? text : `${chars.slice(0, BODY_CHARS).join('').trimEnd()}…`;
}
