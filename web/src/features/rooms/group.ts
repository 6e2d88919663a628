import type { Chat } from '@/client/chat';
import type { Room, User } from '@/protocol/ops.gen';

/** As many as fit into one answer of the members' list, with me. */
export const MOST_PEOPLE = 49;
const NAME_CHARS = 80;
/** So many groups of the same size are looked into, the ones that somebody wrote in last. */
const LOOKED_INTO = 8;

/** What a group is called until somebody names it: "Ana, Ben, Cem", as many as fit. */
export function groupName(people: readonly Pick<User, 'display_name'>[]): string {
  const names = people.map((user) => user.display_name.trim());
  for (let shown = names.length; shown > 0; shown--) {
    const more = names.length - shown;
    const name = names.slice(0, shown).join(', ') + (more > 0 ? ` +${more}` : '');
    if ([...name].length <= NAME_CHARS) return name;
  }
  return '';
}

/** A group that has exactly these people and me, the one written in last. It is opened again in place of another. */
export async function groupOf(chat: Chat, others: readonly User[]): Promise<Room | undefined> {
  const wanted = new Set([chat.me.id, ...others.map((user) => user.id)]);
  const groups = [...chat.list.rooms.get().values()]
    .filter((room) => room.kind === 'group' && room.member_count === wanted.size && room.archived_at === undefined)
    .sort((a, b) => (b.last?.ts ?? b.created_at) - (a.last?.ts ?? a.created_at))
    .slice(0, LOOKED_INTO);
  const found = await Promise.all(
    groups.map(async (room) => {
      const query = { limit: wanted.size };
      const { members } = await chat.api.call('GET /rooms/{room}/members', { params: { room: room.id }, query });
      return members.length === wanted.size && members.every((member) => wanted.has(member.user.id));
    }),
  );
  return groups.find((_, at) => found[at]);
}
