import { describe, expect, it } from 'vitest';
import type { Event, Room } from '@/protocol/ops.gen';
import { roomAfter } from './room_events';

const room = { id: '1', kind: 'private', name: 'board', topic: '', role: 'member' } as Room;
const event = (type: Event['type'], data: Record<string, unknown>): Event => ({
  room: '1',
  seq: 5,
  n: 1,
  id: '1.5',
  type,
  sender: '2',
  ts: 70,
  body: '',
  data,
});

describe('what an event makes of a room', () => {
  it('takes the settings that changed and leaves the others', () => {
    const after = roomAfter(room, event('settings', { topic: 'plans', permissions: { pin: 'owner' } }), '7');
    expect(after).toEqual({ ...room, topic: 'plans', permissions: { pin: 'owner' } });
  });
  it('takes a picture, and takes it away', () => {
    const pictured = roomAfter(room, event('settings', { picture: 'ab' }), '7');
    expect(pictured.picture).toBe('ab');
    expect(roomAfter(pictured, event('settings', { topic: 'x' }), '7').picture).toBe('ab');
    expect(roomAfter(pictured, event('settings', { picture: '' }), '7')).toEqual(room);
  });
  it('gives me a role, and not me the role of another', () => {
    expect(roomAfter(room, event('role', { user: '7', role: 'moderator' }), '7').role).toBe('moderator');
    expect(roomAfter(room, event('role', { user: '8', role: 'moderator' }), '7')).toBe(room);
  });
  it('mutes me until then', () => {
    expect(roomAfter(room, event('muted', { user: '7', until: 90 }), '7').muted_until).toBe(90);
  });
  it('archives and takes back', () => {
    const archived = roomAfter(room, event('archived', { on: true }), '7');
    expect(archived.archived_at).toBe(70);
    expect(roomAfter(archived, event('archived', { on: false }), '7')).toEqual(room);
  });
});
