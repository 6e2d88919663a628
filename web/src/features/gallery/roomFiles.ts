import { filesOf, isSaid } from '@/client/message_state';
import { dateWords, yearOf } from '@/lib/time';
import type { Event, RoomFile } from '@/protocol/ops.gen';
import { forwardOf } from '../timeline/forward';

export type Part = 'all' | 'media' | 'audio' | 'document';

/** What of a room's files is asked for. */
export interface Wanted {
  part: Part;
  /** Who sent them; empty: anybody. */
  from: string;
  /** Part of their names; empty: any. */
  name: string;
}

const MEDIA = ['image', 'video'];

/** Whether the server would list it. */
export function isWanted({ sender, file }: RoomFile, { part, from, name }: Wanted): boolean {
  const kind = MEDIA.includes(file.kind) ? 'media' : file.kind === 'audio' ? 'audio' : 'document';
  if (part !== 'all' && kind !== part) return false;
  if (from !== '' && sender !== from) return false;
  return name === '' || fold(file.name).includes(fold(name));
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The list after what happened in the room: what was sent stands first, what was deleted is gone. Files keep their
 *  identity. The same array when nothing of it concerns the list. */
export function withEvents(list: readonly RoomFile[], events: readonly Event[], wanted: Wanted): readonly RoomFile[] {
  let next = list;
  for (const event of events) {
    if (event.type === 'deleted') {
      if (next.some(({ seq }) => seq === event.about)) next = next.filter(({ seq }) => seq !== event.about);
      continue;
    }
    if (!isSaid(event) || event.state?.deleted === true || next.some(({ seq }) => seq === event.seq)) continue;
    const { seq, sender, ts } = event;
    const files = [...filesOf(event), ...(forwardOf(event)?.files ?? [])]
      .map((file) => ({ seq, sender, ts, file, ...(event.type === 'reply' ? { about: event.about } : {}) }) as RoomFile)
      .filter((one) => isWanted(one, wanted));
    if (files.length === 0) continue;
    const at = next.findIndex((one) => one.seq < seq);
    // Older than all that is shown: it comes with its page.
    if (at < 0 && next.length > 0) continue;
    next = [...next.slice(0, Math.max(0, at)), ...files, ...next.slice(Math.max(0, at))];
  }
  return next;
}

/** Files that stand together: pictures and videos in a grid, else rows; each run within one month. */
export interface Run {
  /** Of the first file: unique among runs. */
  key: string;
  month: string;
  grid: boolean;
  files: RoomFile[];
}

/** "November", with the year when it is another. */
export function monthName(ms: number, now: number): string {
  return dateWords(ms, { month: 'long', ...yearOf(ms, now) });
}

/** A picture that has no preview, or a video without a poster, has nothing that a grid could show. */
export function isPictured({ file }: RoomFile): boolean {
  return MEDIA.includes(file.kind) && (file.previews.length > 0 || file.type === 'image/gif');
}

export function runsOf(list: readonly RoomFile[], now: number): Run[] {
  const runs: Run[] = [];
  for (const one of list) {
    const month = monthName(one.ts, now);
    const grid = isPictured(one);
    const last = runs.at(-1);
    if (last !== undefined && last.month === month && last.grid === grid) last.files.push(one);
    else runs.push({ key: keyOf(one), month, grid, files: [one] });
  }
  return runs;
}

/** A file may be in several messages. */
export function keyOf({ seq, file }: RoomFile): string {
  return `${seq}.${file.id}`;
}
