import { PERMISSIONS, type Permission } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { lowestFor, may, placeOf, ROLES, type Role } from '@/state/rights';
import { useSaving } from '../settings/useSaving';
import type { RoomPartProps } from './RoomSettings';

export const ROLE_NAMES: Record<Role, string> = {
  guest: 'Guest',
  member: 'Member',
  moderator: 'Moderator',
  owner: 'Owner',
};

const FROM: Record<Role, string> = {
  guest: 'Everybody',
  member: 'Members',
  moderator: 'Moderators',
  owner: 'Owners',
};

/** The table of permissions, as it holds in this room. */
export function PermissionsPart({ room }: RoomPartProps) {
  const chat = useChat();
  const saving = useSaving();
  const place = placeOf(room);
  const rows = (Object.keys(PERMISSIONS) as Permission[]).filter((what) => PERMISSIONS[what][place] !== 'nobody');
  const open = may(room, 'permissions') && room.archived_at === undefined;
  const set = (what: Permission, lowest: string): void => {
    const usual = lowest === PERMISSIONS[what][place];
    saving.save(async () => {
      await chat.api.call('PUT /rooms/{room}/permissions/{permission}', {
        params: { room: room.id, permission: what },
        body: usual ? {} : { lowest: lowest as Role },
      });
    });
  };
  return (
    <>
      <p className="settings-lead">Each is for this role and those above it; guests are the lowest.</p>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      {rows.map((what) => {
        const { doc, fixed } = PERMISSIONS[what];
        return (
          <label className="select-row" key={what}>
            <span>{doc}</span>
            <select
              className="form-select"
              value={lowestFor(room, what)}
              disabled={!open || fixed}
              title={fixed ? 'The same in every room' : undefined}
              onChange={(event) => set(what, event.target.value)}
            >
              {ROLES.map((role) => (
                <option key={role} value={role}>
                  {FROM[role]}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </>
  );
}
