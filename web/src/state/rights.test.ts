import { describe, expect, it } from 'vitest';
import type { Room } from '@/protocol/ops.gen';
import { may, outranks } from './rights';

const room = (more: Partial<Room>): Room => ({ id: '1', kind: 'public', role: 'member', ...more }) as Room;

describe('what I may do in a room', () => {
  it('follows the column of its kind', () => {
    expect(may(room({}), 'send')).toBe(true);
    expect(may(room({ announcement: true }), 'send')).toBe(false);
    expect(may(room({ announcement: true }), 'reply')).toBe(true);
    expect(may(room({ kind: 'group' }), 'settings')).toBe(true);
    expect(may(room({ kind: 'dm', role: 'owner' }), 'kick')).toBe(false);
  });
  it('follows the room where it differs, but not in what is fixed', () => {
    expect(may(room({ permissions: { kick: 'member' } }), 'kick')).toBe(true);
    expect(may(room({ permissions: { set_role: 'guest' } }), 'set_role')).toBe(false);
    expect(may(room({ kind: 'dm', permissions: { kick: 'guest' } }), 'kick')).toBe(false);
  });
  it('reaches lower roles only, an owner all', () => {
    expect(outranks(room({ role: 'moderator' }), 'member')).toBe(true);
    expect(outranks(room({ role: 'moderator' }), 'moderator')).toBe(false);
    expect(outranks(room({ role: 'owner' }), 'owner')).toBe(true);
  });
});
