import type { Event } from '@/protocol/ops.gen';

/** What a message carries of another one: docs/later.md, "Forwarding". */
export interface Forward {
  room: string;
  seq: number;
  sender: string;
  ts: number;
  body: string;
}

export function forwardOf(event: Event | undefined): Forward | undefined {
  const forward = event?.data?.forward as Partial<Forward> | undefined;
  if (forward === undefined || typeof forward.body !== 'string') return undefined;
  const { body, room = '', sender = '', seq = 0, ts = 0 } = forward;
  return { body, room: String(room), sender: String(sender), seq: Number(seq), ts: Number(ts) };
}

/** What a message says: its own words, or those it passes on without any. */
export function wordsIn(event: Event): string {
  return event.body === '' ? (forwardOf(event)?.body ?? '') : event.body;
}
