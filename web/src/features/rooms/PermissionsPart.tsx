import { i18n, type MessageDescriptor } from '@lingui/core';
import { PERMISSIONS, type Permission } from '@/protocol/ops.gen';
import { PERMISSION_WORDS } from '@/protocol/words.gen';
import { useChat } from '@/state/context';
import { lowestFor, may, placeOf, ROLES, type Role } from '@/state/rights';
import { useSaving } from '../settings/useSaving';
import type { RoomPartProps } from './RoomSettings';

export const ROLE_NAMES: Record<Role, MessageDescriptor> = {
  guest: /*i18n*/ { id: 'Guest' },
  member: /*i18n*/ { id: 'Member' },
  moderator: /*i18n*/ { id: 'Moderator' },
  owner: /*i18n*/ { id: 'Owner' },
};

const FROM: Record<Role, MessageDescriptor> = {
  guest: /*i18n*/ { id: 'Everybody' },
  member: /*i18n*/ { id: 'Members' },
  moderator: /*i18n*/ { id: 'Moderators' },
  owner: /*i18n*/ { id: 'Owners' },
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
      <p className="settings-lead">{i18n.t('Each is for this role and those above it; guests are the lowest.')}</p>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      {rows.map((what) => {
        const { fixed } = PERMISSIONS[what];
        const doc = PERMISSION_WORDS[what];
        return (
          <label className="select-row" key={what}>
            <span>{i18n.t(doc)}</span>
            <select
              className="form-select"
              value={lowestFor(room, what)}
              disabled={!open || fixed}
              title={fixed ? i18n.t('The same in every room') : undefined}
              onChange={(event) => set(what, event.target.value)}
            >
              {ROLES.map((role) => (
                <option key={role} value={role}>
                  {i18n.t(FROM[role])}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </>
  );
}
