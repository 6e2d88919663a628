import { listNames } from '@/lib/text';
import { clockTime, fullTime } from '@/lib/time';
import type { Event, User } from '@/protocol/ops.gen';
import { nameOf } from '@/state/names';

/** Who a membership event is about. */
export function subjectOf(event: Event): string {
  const user = event.data?.user;
  if (typeof user === 'string') return user;
  if (typeof user === 'number') return String(user);
  return event.sender;
}

export function SystemLine({
  row_key,
  events,
  users,
}: {
  row_key: string;
  events: readonly Event[];
  users: ReadonlyMap<string, User>;
}) {
  const last = events.at(-1);
  if (last === undefined) return null;
  return (
    <div className="system" data-key={row_key} data-seq={last.seq}>
      <span className="system-text">{sentence(events, users)}</span>
      <time dateTime={new Date(last.ts).toISOString()} title={fullTime(last.ts)}>
        {clockTime(last.ts)}
      </time>
    </div>
  );
}

function sentence(events: readonly Event[], users: ReadonlyMap<string, User>): string {
  const [first] = events;
  if (first === undefined) return '';
  const who = listNames([...new Set(events.map((event) => nameOf(users.get(subjectOf(event)))))], 3);
  const by = nameOf(users.get(first.sender));
  switch (first.type) {
    case 'created':
      return `${by} made this room`;
    case 'joined':
      return `${who} joined`;
    case 'left':
      return `${who} left`;
    case 'added':
      return `${by} added ${who}`;
    case 'removed':
      return `${by} removed ${who}`;
    default:
      return '';
  }
}
