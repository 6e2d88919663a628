import { i18n } from '@lingui/core';
import { SkeletonRows } from '@/components/Skeleton';
import { useChat } from '@/state/context';
import { may, outranks, ROLES, type Role } from '@/state/rights';
import { MemberMenu } from '../members/MemberMenu';
import { useMembers } from '../members/useMembers';
import { PersonAvatar } from '../people/Signs';
import { useSaving } from '../settings/useSaving';
import { ROLE_NAMES } from './PermissionsPart';
import type { RoomPartProps } from './RoomSettings';

/** Members, the highest role first, and what they are. */
export function RolesPart({ room }: RoomPartProps) {
  const chat = useChat();
  const { members, error, again } = useMembers(room);
  const saving = useSaving();
  const set_role = may(room, 'set_role') && room.archived_at === undefined;
  const problem = error ?? saving.error?.message;
  const sorted = [...(members ?? [])].sort((a, b) => ROLES.indexOf(b.role) - ROLES.indexOf(a.role));
  const give = (user: string, role: Role): void =>
    saving.save(async () => {
      await chat.api.call('PUT /rooms/{room}/members/{user}', { params: { room: room.id, user }, body: { role } });
      again();
    });
  return (
    <>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {members === undefined && problem === undefined && <SkeletonRows count={5} />}
      <ul className="pick-list room-list">
        {sorted.map((member) => {
          const { user, role } = member;
          const mine = user.id === chat.me.id;
          return (
            <li className="pick" key={user.id}>
              <PersonAvatar id={user.id} name={user.display_name} />
              <span className="pick-text">
                <bdi className="pick-name">{user.display_name}</bdi>
                <small>
                  <bdi>@{user.username}</bdi>
                </small>
              </span>
              {set_role && !mine && outranks(room, role) ? (
                <select
                  className="form-select"
                  aria-label={i18n.t('Role of {person}', { person: user.display_name })}
                  value={role}
                  onChange={(event) => give(user.id, event.target.value as Role)}
                >
                  {ROLES.map((one) => (
                    <option key={one} value={one}>
                      {i18n.t(ROLE_NAMES[one])}
                    </option>
                  ))}
                </select>
              ) : (
                <span className="role-name">
                  {mine ? i18n.t('{role}, you', { role: i18n.t(ROLE_NAMES[role]) }) : i18n.t(ROLE_NAMES[role])}
                </span>
              )}
              <MemberMenu room={room} member={member} onDone={again} />
            </li>
          );
        })}
      </ul>
    </>
  );
}
