import type { Event, Room } from '@/protocol/ops.gen';
import { namesMe } from './message_state';

/** Messages of a room that name me and that I have not read, and in which threads those are that are in one. */
export type Mentions = Pick<Room, 'mentions' | 'mention_roots'>;

/** Up to where I have read the threads of one room, as far as is known here. */
export type ThreadPlaces = (root: number) => number;

export function mentionsAfter(room: Mentions, event: Event, me: string): Mentions {
  const known = room.mentions ?? [];
  if (event.type === 'deleted') return { ...room, mentions: known.filter((seq) => seq !== event.about) };
  if (!namesMe(event, me) || known.includes(event.seq)) return room;
  const mentions = [...known, event.seq];
  if (event.about === undefined) return { ...room, mentions };
  return { mentions, mention_roots: { ...room.mention_roots, [event.seq]: event.about } };
}

/** Those that are left when the room is read up to `read_seq`: one in a thread is read with its thread. */
export function unreadMentions(
  { mentions = [], mention_roots }: Mentions,
  read_seq: number,
  places: ThreadPlaces,
): Mentions {
  const left = mentions.filter((seq) => {
    const root = mention_roots?.[seq];
    return seq > (root === undefined ? read_seq : places(root));
  });
  return { mentions: left, ...(mention_roots === undefined ? {} : { mention_roots }) };
}
