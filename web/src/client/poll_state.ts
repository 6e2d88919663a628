import type { Event, Poll, PollState } from '@/protocol/ops.gen';

/** The poll that a message is; undefined: it is none, or one that cannot be understood. */
export function pollOf(message: Event): Poll | undefined {
  const poll = message.data?.poll as Poll | undefined;
  if (typeof poll !== 'object' || poll === null || message.state?.deleted === true) return undefined;
  return typeof poll.question === 'string' && Array.isArray(poll.options) ? poll : undefined;
}

export function isClosed(poll: Poll, state: PollState | undefined, now: number): boolean {
  return state?.closed_at !== undefined || (poll.closes_at !== undefined && poll.closes_at <= now);
}

/** A poll after an event about it. Counts are told whole, so none is lost with an event. */
export function withVote(state: PollState | undefined, change: Event): PollState {
  const before = state ?? { counts: [], voters: 0 };
  if (change.type === 'poll_closed') return { ...before, closed_at: change.ts };
  const { counts, voters, options } = (change.data ?? {}) as { counts?: number[]; voters?: number; options?: number[] };
  if (!Array.isArray(counts)) return before;
  const next: PollState = { ...before, counts, voters: voters ?? 0 };
  if (!Array.isArray(options)) return next;
  const others = (before.votes ?? []).filter((vote) => vote.user !== change.sender);
  const votes = options.length === 0 ? others : [...others, { user: change.sender, options }];
  return { ...next, votes: votes.slice(0, MAX_NAMED) };
}

/** As many votes are named as the server names. */
const MAX_NAMED = 100;
