import { i18n, type MessageDescriptor } from '@lingui/core';
import { type ComponentType, useState } from 'react';
import { Dialog } from '@/components/Dialog';
import { idOf, Tabs } from '@/components/Tabs';
import type { Room } from '@/protocol/ops.gen';
import { roomName } from '@/state/names';
import { may } from '@/state/rights';
import { BansPart } from './BansPart';
import { DangerPart } from './DangerPart';
import { GeneralPart } from './GeneralPart';
import { InvitesPart } from './InvitesPart';
import { PermissionsPart } from './PermissionsPart';
import { RolesPart } from './RolesPart';
import '@/styles/people.css';
import '@/styles/settings.css';

export interface RoomPartProps {
  room: Room;
  onClose: () => void;
}

interface Part {
  key: string;
  name: MessageDescriptor;
  Part: ComponentType<RoomPartProps>;
  shown: (room: Room) => boolean;
}

const PARTS: Part[] = [
  { key: 'general', name: /*i18n*/ { id: 'General' }, Part: GeneralPart, shown: () => true },
  { key: 'roles', name: /*i18n*/ { id: 'Members' }, Part: RolesPart, shown: () => true },
  { key: 'permissions', name: /*i18n*/ { id: 'Permissions' }, Part: PermissionsPart, shown: () => true },
  {
    key: 'invites',
    name: /*i18n*/ { id: 'Invitations' },
    Part: InvitesPart,
    shown: (room) => may(room, 'invite_link'),
  },
  { key: 'bans', name: /*i18n*/ { id: 'Bans' }, Part: BansPart, shown: (room) => may(room, 'ban') },
  { key: 'danger', name: /*i18n*/ { id: 'Archive and leave' }, Part: DangerPart, shown: () => true },
];

const PANEL = 'room-settings-part';

/** All about a room; what one may not change is shown as it is. */
export function RoomSettings({ room, part = 'general', onClose }: { room: Room; part?: string; onClose: () => void }) {
  const [key, setKey] = useState(part);
  const parts = PARTS.filter((one) => one.shown(room));
  const shown = parts.find((one) => one.key === key) ?? parts[0];
  if (shown === undefined) return null;
  return (
    <Dialog title={roomName(room)} onClose={onClose} className="room-settings">
      <Tabs
        className="room-settings-parts"
        label={i18n.t('Settings of the room')}
        tabs={parts.map((one) => ({ key: one.key, name: i18n.t(one.name) }))}
        on={shown.key}
        onChoose={setKey}
        panel={PANEL}
      />
      <div className="room-settings-part" role="tabpanel" id={PANEL} aria-labelledby={idOf(PANEL, shown.key)}>
        <shown.Part room={room} onClose={onClose} />
      </div>
    </Dialog>
  );
}
