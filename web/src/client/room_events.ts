import type { Event, Room } from '@/protocol/ops.gen';

/** What an event of its log makes of a room besides its numbers: settings, my role, whether I may write. */
export function roomAfter(room: Room, event: Event, me: string): Room {
  const data = event.data ?? {};
  switch (event.type) {
    case 'settings': {
      const { picture, ...rest } = { ...room, ...(data as Partial<Room>) };
      return picture === undefined || picture === '' ? rest : { ...rest, picture };
    }
    case 'role':
      return data.user === me ? { ...room, role: data.role as NonNullable<Room['role']> } : room;
    case 'muted':
      return data.user === me ? { ...room, muted_until: data.until as number } : room;
    case 'archived': {
      const { archived_at: _, ...rest } = room;
      return data.on === true ? { ...rest, archived_at: event.ts } : rest;
    }
    default:
      return room;
  }
}
