import { filesOf } from '@/client/message_state';
import { pollOf } from '@/client/poll_state';
import type { Attachment, Event } from '@/protocol/ops.gen';
import { nameFiles } from '../files/looks';

/** What a message carries of another one: docs/later.md, "Forwarding". */
export interface Forward {
  room: string;
  seq: number;
  sender: string;
  ts: number;
  body: string;
  files: readonly Attachment[];
}

export function forwardOf(event: Event | undefined): Forward | undefined {
  const forward = event?.data?.forward as Partial<Forward> | undefined;
  if (forward === undefined || typeof forward.body !== 'string') return undefined;
  const { body, files, room = '', sender = '', seq = 0, ts = 0 } = forward;
  const carried = Array.isArray(files) ? files : [];
  return { body, files: carried, room: String(room), sender: String(sender), seq: Number(seq), ts: Number(ts) };
}

/** What a message says: its own words, or those it passes on without any. */
export function wordsIn(event: Event): string {
  return event.body === '' ? (forwardOf(event)?.body ?? '') : event.body;
}

/** What a message is, where there is place for a line: what its files are, and its words; of a poll the question. */
export function lineOf(event: Event): string {
  const poll = pollOf(event);
  if (poll !== undefined) return poll.question;
  const files = nameFiles([...filesOf(event), ...(forwardOf(event)?.files ?? [])]);
  const words = wordsIn(event);
  return files === '' || words === '' ? files || words : `${files}: ${words}`;
}
