import type { OutboxFile } from '@/client/outbox_store';
import { Store } from '@/lib/store';

/** What is chosen and not sent, by draft. It stays while the page does. */
export const trays = new Store<ReadonlyMap<string, readonly OutboxFile[]>>(new Map());

/** The bytes of what was chosen in this page, by key. */
export const held = new Map<string, Blob>();

/** How much of each file on its way is with the server, from 0 to 1, by key. */
export const progress = new Store<ReadonlyMap<string, number>>(new Map());

export function setTray(draft: string, files: readonly OutboxFile[]): void {
  const next = new Map(trays.get());
  if (files.length === 0) next.delete(draft);
  else next.set(draft, files);
  trays.set(next);
}
