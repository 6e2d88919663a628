import { i18n, type MessageDescriptor } from '@lingui/core';
import { Suspense, useState } from 'react';
import type { Anchor } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { late } from '@/lib/late';
import { type Connection, useConnection } from '@/state/connection';

const ConnectionCard = late(async () => (await import('./ConnectionCard')).ConnectionCard);

export const CONNECTION_NAMES: Record<Connection, MessageDescriptor> = {
  online: /*i18n*/ { id: 'Connected' },
  connecting: /*i18n*/ { id: 'Connecting…' },
  lost: /*i18n*/ { id: 'Not connected' },
  outdated: /*i18n*/ { id: 'This page is too old for the server' },
};

/** How the line stands, at a glance; pressed, how fast it is, and what waits for it. */
export function ConnectionSign() {
  const { status } = useConnection();
  const [anchor, setAnchor] = useState<Anchor>();
  const state = i18n.t(CONNECTION_NAMES[status]);
  return (
    <>
      <button
        type="button"
        className={`btn-icon connection-sign is-${status}`}
        aria-label={i18n.t('Connection: {state}', { state })}
        title={state}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onClick={(event) => {
          const { left, top, right, bottom } = event.currentTarget.getBoundingClientRect();
          setAnchor({ left, top, right, bottom });
        }}
      >
        <Icon name="signal" size={16} />
      </button>
      <Suspense>
        {anchor !== undefined && <ConnectionCard anchor={anchor} onClose={() => setAnchor(undefined)} />}
      </Suspense>
    </>
  );
}
