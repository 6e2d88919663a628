import { i18n } from '@lingui/core';
import { Dialog } from '@/components/Dialog';
import type { Room } from '@/protocol/ops.gen';
import { RoomNotify } from './RoomNotify';

/** What of a room notifies me, from its menu. */
export function NotifySheet({ room, onClose }: { room: Room; onClose: () => void }) {
  return (
    <Dialog title={i18n.t('Notifications')} onClose={onClose}>
      <RoomNotify room={room} onDone={onClose} />
    </Dialog>
  );
}
