import { Trans } from '@lingui/react';
import type { User } from '@/protocol/ops.gen';
import { useBlocks } from './Author';

/** Says to who writes to a person they block that no answer can come. */
export function BlockedNote({ peer }: { peer: User }) {
  if (!useBlocks(peer.id)) return null;
  return (
    <p className="composer-note" role="status">
      <Trans
        id="You block <0>{name}</0>. They can read this and cannot answer."
        values={{ name: peer.display_name }}
        components={{ 0: <bdi /> }}
      />
    </p>
  );
}
