import type { Event } from '@/protocol/ops.gen';

/** Messages that came before what tells screen readers of them was here; undefined from then on. */
export const early: { news: Event[] | undefined } = { news: [] };
