import { i18n } from '@lingui/core';
import { useState } from 'react';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';
import { isHushed } from '@/state/notify';
import { useMoment } from '../people/usePerson';
import { RoomNotify } from './RoomNotify';

/** What of the room notifies me, at its header. On a phone it is in the room's menu only. */
export function NotifyButton({ room }: { room: Room }) {
  const [anchor, setAnchor] = useState<Anchor>();
  const hushed = useMoment((now) => isHushed(room, now));
  const silent = hushed || room.notify === 'none';
  const close = (): void => setAnchor(undefined);
  return (
    <>
      <button
        type="button"
        className={anchor === undefined ? 'btn-icon top-notify' : 'btn-icon top-notify is-on'}
        aria-label={
          hushed ? i18n.t('Notifications, muted') : silent ? i18n.t('Notifications, none') : i18n.t('Notifications')
        }
        title={hushed ? i18n.t('Muted') : i18n.t('Notifications')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onClick={(event) => {
          const { left, top, right, bottom } = event.currentTarget.getBoundingClientRect();
          setAnchor({ left, top, right, bottom });
        }}
      >
        <Icon name={silent ? 'bell_off' : 'bell'} />
      </button>
      {anchor !== undefined && (
        <Floating
          label={i18n.t('Notifications of this room')}
          anchor={anchor}
          onClose={close}
          className="notify-floating"
        >
          <RoomNotify room={room} onDone={close} />
        </Floating>
      )}
    </>
  );
}
