import type { User } from '@/protocol/ops.gen';
import { useBlocks } from './Author';

/** Says to who writes to a person they block that no answer can come. */
export function BlockedNote({ peer }: { peer: User }) {
  if (!useBlocks(peer.id)) return null;
  return (
    <p className="composer-note" role="status">
      You block <bdi>{peer.display_name}</bdi>. They can read this and cannot answer.
    </p>
  );
}
