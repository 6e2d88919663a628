import { describe, expect, test } from 'vitest';
import type { Event, Room } from '@/protocol/ops.gen';
import { aRoom } from '@/testing/fakes';
import type { MessageActions } from './actions';
import { waysOf } from './MessageMenu';

const AT = { left: 0, top: 0, right: 0, bottom: 0 };
const theirs: Event = { room: '1', seq: 4, id: '1', n: 1, type: 'message', sender: '8', ts: Date.now(), body: 'hello' };

function names(room: Partial<Room>, event: Event = theirs): string[] {
  const ways = waysOf(aRoom('1', { role: 'member', ...room }), event, AT, {} as MessageActions, '7');
  return ways.map((way) => way.name);
}

describe('what is offered for a message', () => {
  test('is what the room lets me do: a moderator deletes what others wrote', () => {
    expect(names({})).not.toContain('Delete');
    expect(names({ role: 'moderator' })).toContain('Delete');
    expect(names({ permissions: { delete_any: 'member' } })).toContain('Delete');
    expect(names({ role: 'owner', permissions: { delete_any: 'owner' } })).toContain('Delete');
    expect(names({}, { ...theirs, sender: '7' })).toContain('Delete');
  });

  test('is no pin for who may not pin', () => {
    expect(names({})).toContain('Pin to the room');
    expect(names({ permissions: { pin: 'moderator' } })).not.toContain('Pin to the room');
  });

  test('is in an archived room what leaves it as it is', () => {
    const ways = names({ role: 'owner', archived_at: 1 });
    for (const way of ['Reply', 'Delete', 'Pin to the room']) expect(ways).not.toContain(way);
    for (const way of ['Forward', 'Keep for later', 'Copy text', 'Copy link']) expect(ways).toContain(way);
  });
});
