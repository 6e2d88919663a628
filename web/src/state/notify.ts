import { Store } from '@/lib/store';
import type { Room } from '@/protocol/ops.gen';

/** A room that is muted until then is muted until it is switched on again: the last time the server takes. */
export const FOR_GOOD_MS = 253_402_300_799_000;

/** Something would have notified me, and the browser was never asked whether it may. */
export const wanted = new Store(false);

/** Whether I have muted the room: it is there, and calls nobody. */
export function isHushed(room: Pick<Room, 'quiet_until'>, now: number): boolean {
  return room.quiet_until !== undefined && room.quiet_until > now;
}
