import type { IconName } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';

/** What stands before a room's name. */
export function roomIcon(room: Room): IconName {
  if (room.archived_at !== undefined) return 'archive';
  if (room.announcement === true) return 'horn';
  if (room.kind === 'group') return 'people';
  return room.kind === 'public' ? 'hash' : 'lock';
}
