import type { Later } from '@/client/later';
import { Emitter } from '@/lib/emitter';
import { storage } from '@/lib/storage';
import type { LaterItem } from '@/protocol/ops.gen';

/** A reminder has come up: each once in this page, also one that came while the page was closed. */
export const reminders = new Emitter<{ due: LaterItem }>();

const KEY = 'parley.later.raised';

/** Tells `reminders` of what becomes due. What was raised is known by its place, which only grows; a browser that comes for
 *  the first time begins with what is due by then. Returns how to end it. */
export function watchReminders(me: string, later: Later): () => void {
  const key = `${KEY}.${me}`;
  const kept = storage.getItem(key);
  let raised = kept === null ? undefined : Number(kept);
  const look = (): void => {
    const due = later.due.get();
    if (due === undefined) return;
    const before = raised;
    const highest = Math.max(before ?? 0, ...due.map((item) => item.place));
    if (highest === before) return;
    raised = highest;
    // Another tab may be further, or not as far.
    storage.setItem(key, String(Math.max(highest, Number(storage.getItem(key) ?? 0))));
    if (before === undefined) return;
    for (const item of due.toReversed()) if (item.place > before) reminders.emit('due', item);
  };
  look();
  return later.due.subscribe(look);
}
