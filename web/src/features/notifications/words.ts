import { excerpt, plural } from '@/lib/text';
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
  const where = room.kind === 'dm' ? '' : ` · ${event.type === 'reply' ? 'thread in ' : ''}${roomLabel(room)}`;
  const title = count > 1 ? `${name}${where} (${count})` : `${name}${where}`;
  if (hide_text) return { title, body: plural(count, 'new message', 'new messages') };
  return { title, body: cut(excerpt(lineOf(event))) };
}

function cut(text: string): string {
  const chars = [...text];
  return chars.length <= BODY_CHARS ? text : `${chars.slice(0, BODY_CHARS).join('').trimEnd()}…`;
}
