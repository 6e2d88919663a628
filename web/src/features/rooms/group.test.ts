import { expect, test, vi } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import type { Room } from '@/protocol/ops.gen';
import { aRoom, aUser } from '@/testing/fakes';
import { groupName, groupOf } from './group';

const [ana, ben, cem, dee] = [aUser('7', 'Ana'), aUser('8', 'Ben'), aUser('9', 'Cem'), aUser('10', 'Dee')];

function chatWith(groups: Room[], members: Record<string, string[]>): { chat: Chat; call: ReturnType<typeof vi.fn> } {
  const call = vi.fn(async (_: string, { params }: { params: { room: string } }) => ({
    members: (members[params.room] ?? []).map((id) => ({ user: { id } })),
  }));
  const rooms = new Store(new Map(groups.map((room) => [room.id, room])));
  return { chat: { me: ana, list: { rooms }, api: { call } } as unknown as Chat, call };
}

test('a group is named after its people, as many as fit', () => {
  expect(groupName([ana, ben, cem])).toBe('Ana, Ben, Cem');
  const long = Array.from({ length: 30 }, (_, at) => ({ display_name: `Person ${at}` }));
  const name = groupName(long);
  expect([...name].length).toBeLessThanOrEqual(80);
  expect(name).toMatch(/^Person 0, Person 1, .* \+\d+$/);
});

test('the group of exactly these people is found, and no other is asked about', async () => {
  const group = (id: string, member_count: number, ts: number): Room =>
    aRoom(id, { kind: 'group', member_count, created_at: ts });
  const { chat, call } = chatWith(
    [group('1', 3, 5), group('2', 3, 9), group('3', 4, 20), aRoom('4', { kind: 'private', member_count: 3 })],
    { '1': ['7', '8', '9'], '2': ['7', '8', '10'], '3': ['7', '8', '9', '10'] },
  );
  expect((await groupOf(chat, [cem, ben]))?.id).toBe('1');
  expect(call).toHaveBeenCalledTimes(2);
  expect(await groupOf(chat, [cem, dee])).toBeUndefined();
});
