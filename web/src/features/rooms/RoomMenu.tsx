import { i18n } from '@lingui/core';
import { useState } from 'react';
import type { Anchor } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { soon } from '@/lib/soon';
import type { Room } from '@/protocol/ops.gen';

const RoomActs = soon(async () => (await import('../opened')).RoomActs);

/** What can be done with a room, behind one button. */
export function RoomMenu({ room }: { room: Room }) {
  const [anchor, setAnchor] = useState<Anchor>();
  // What the menu has opened outlives it.
  const [used, setUsed] = useState(false);
  return (
    <>
      <button
        type="button"
        className={anchor === undefined ? 'btn-icon' : 'btn-icon is-on'}
        aria-label={i18n.t('More about this room')}
        title={i18n.t('More')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onClick={(event) => {
          const { left, top, right, bottom } = event.currentTarget.getBoundingClientRect();
          setUsed(true);
          setAnchor({ left, top, right, bottom });
        }}
      >
        <Icon name="more" />
      </button>
      {used && <RoomActs room={room} anchor={anchor} onClose={() => setAnchor(undefined)} />}
    </>
  );
}
