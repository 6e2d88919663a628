import { PERMISSIONS, type Permission, type Room } from '@/protocol/ops.gen';

export type Role = NonNullable<Room['role']>;

/** The least first, as msg-svc has them. */
export const ROLES: readonly Role[] = ['guest', 'member', 'moderator', 'owner'];

/** Which column of the table holds for the room. */
export function placeOf(room: Room): 'room' | 'announcement' | 'group' | 'dm' {
  if (room.kind === 'dm' || room.kind === 'group') return room.kind;
  return room.announcement === true ? 'announcement' : 'room';
}

/** The lowest role that may: by the table, or as the room has it. */
export function lowestFor(room: Room, what: Permission): Role | 'nobody' {
  const row = PERMISSIONS[what];
  const lowest = row[placeOf(room)];
  if (lowest === 'nobody' || row.fixed) return lowest;
  return room.permissions?.[what] ?? lowest;
}

/** Whether I may do something in the room: the rule of msg-svc, for what is offered. */
export function may(room: Room, what: Permission): boolean {
  if (room.role === undefined) return false;
  const lowest = lowestFor(room, what);
  return lowest !== 'nobody' && ROLES.indexOf(room.role) >= ROLES.indexOf(lowest);
}

/** Whether I may do to a member of that role what takes a role away. */
export function outranks(room: Room, other: Role): boolean {
  if (room.role === undefined) return false;
  return room.role === 'owner' || ROLES.indexOf(room.role) > ROLES.indexOf(other);
}

/** Whether there is anything in the room's settings that I may change. */
export function maySet(room: Room): boolean {
  const some: Permission[] = ['settings', 'open', 'permissions', 'set_role', 'invite_link', 'ban', 'archive'];
  return some.some((what) => may(room, what));
}
