import { isUploading, type OutboxEntry } from '@/client/outbox_store';
import type { SocketState } from '@/client/socket';

/** Where a message is that has no answer yet. */
export type Whereabouts =
  /** Nobody can be reached: it is kept on this device. */
  | { at: 'here' }
  /** Its files are being uploaded. */
  | { at: 'files' }
  /** Another tab, or what a closed one left, sends it. */
  | { at: 'other_tab' }
  /** On its way: given to the connection at `since`. */
  | { at: 'sent'; since: number }
  /** So many before it in its room have no answer either. */
  | { at: 'behind'; count: number }
  | { at: 'next' };

interface Known {
  entry: OutboxEntry;
  /** Of all that is not stored. */
  entries: readonly OutboxEntry[];
  device: string;
  socket: SocketState;
  sentAt: (cmid: string) => number | undefined;
}

export function whereaboutsOf({ entry, entries, device, socket, sentAt }: Known): Whereabouts {
  if (entry.device !== device) return { at: 'other_tab' };
  if (socket.status !== 'ready') return { at: 'here' };
  if (isUploading(entry)) return { at: 'files' };
  const since = sentAt(entry.cmid);
  if (since !== undefined) return { at: 'sent', since };
  const before = entries.filter(
    (one) => one.room === entry.room && one.state === 'pending' && one.order < entry.order && !isUploading(one),
  );
  return before.length > 0 ? { at: 'behind', count: before.length } : { at: 'next' };
}
