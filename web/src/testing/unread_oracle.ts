import type { Event } from '@/protocol/ops.gen';

/** What somebody did that no log of a room holds, in the order in which it was done; `at` is the head of the room then. Acts
 *  that do not commute with the log are done when nothing is under way. */
export type ReadingAct =
  | { kind: 'read'; room: string; at: number; seq: number }
  | { kind: 'unread'; room: string; at: number; seq: number }
  | { kind: 'thread'; room: string; at: number; root: number; seq: number }
  | { kind: 'all'; room: string; at: number };

export interface Unread {
  unread: number;
  mentions: number[];
  /** Unread replies by root, of threads that are followed. */
  threads: Record<string, number>;
}

/** What a room is to one person, computed from its whole log and nothing else of the system: written anew, in one pass, so
 *  that it can be wrong only in its own way. Undefined: not a member. docs/reading.md has the rules. */
export function unreadBy(me: string, log: readonly Event[], acts: readonly ReadingAct[]): Unread | undefined {
  let inside = false;
  let place = 0;
  const threads = new Map<number, number>();
  const calls: { seq: number; root: number | undefined }[] = [];
  const gone = new Set<number>();
  const queue = [...acts];
  const act = (one: ReadingAct): void => {
    if (one.kind === 'read') place = Math.max(place, one.seq);
    else if (one.kind === 'unread') place = Math.min(place, one.seq - 1);
    else if (one.kind === 'thread') threads.set(one.root, Math.max(threads.get(one.root) ?? 0, one.seq));
    else {
      place = Math.max(place, one.at);
      for (const [root, seq] of threads) threads.set(root, Math.max(seq, one.at));
    }
  };
  for (const event of log) {
    while (queue[0] !== undefined && queue[0].at < event.seq) act(queue.shift() as ReadingAct);
    const mine = event.sender === me;
    const about = event.about ?? 0;
    const subject = event.data?.user === me || (event.type === 'created' && mine);
    if (subject && ['created', 'joined', 'added'].includes(event.type)) {
      inside = true;
      place = event.seq;
    } else if (subject && ['left', 'removed'].includes(event.type)) inside = false;
    else if (event.type === 'deleted') gone.add(about);
    else if (event.type === 'message' && mine) place = event.seq;
    else if (event.type === 'reply') {
      const root = log.find((one) => one.seq === about);
      if (mine) threads.set(about, event.seq);
      else if (root?.sender === me && !threads.has(about)) threads.set(about, 0);
    }
    const named = Array.isArray(event.data?.mentions) && event.data.mentions.includes(me);
    if (mine || (event.type !== 'message' && event.type !== 'reply')) continue;
    if ((named && inside) || event.data?.everyone !== undefined) calls.push({ seq: event.seq, root: event.about });
    if (named && inside && event.type === 'reply' && !threads.has(about)) threads.set(about, event.seq - 1);
  }
  for (const one of queue) act(one);
  if (!inside) return undefined;
  const result: Unread = {
    unread: log.filter((event) => event.type === 'message' && event.seq > place).length,
    mentions: calls
      .filter(({ seq, root }) => !gone.has(seq) && seq > (root === undefined ? place : (threads.get(root) ?? 0)))
      .map(({ seq }) => seq),
    threads: {},
  };
  for (const [root, seq] of threads) {
    const replies = log.filter((event) => event.type === 'reply' && event.about === root);
    const left = replies.filter((event) => event.sender !== me && event.seq > seq).length;
    if (replies.length > 0 && left > 0) result.threads[root] = left;
  }
  return result;
}
