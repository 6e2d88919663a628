import type { Status, User } from '@/protocol/ops.gen';

export type Told = Pick<User, 'status' | 'dnd'>;

/** What a person says of the moment; undefined when nothing, or when its time is over. */
export function statusOf(user: Told | undefined, now: number): Status | undefined {
  const status = user?.status;
  if (status === undefined || (status.emoji === '' && status.text === '')) return undefined;
  return status.expires_at !== undefined && status.expires_at <= now ? undefined : status;
}

/** Whether a person is not to be disturbed. */
export function isQuiet(user: Told | undefined, now: number): boolean {
  const span = user?.dnd;
  return span !== undefined && span.from <= now && now < span.until;
}
