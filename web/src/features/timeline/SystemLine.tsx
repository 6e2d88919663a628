import { listNames } from '@/lib/text';
import { clockTime, fullTime } from '@/lib/time';
import type { Event, User } from '@/protocol/ops.gen';
import { nameOf } from '@/state/names';
import { durationWords } from '../rooms/durations';

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
    case 'settings':
      return `${by} ${changed(first.data ?? {})}`;
    case 'role':
      return `${by} made ${who} ${roleName(first.data?.role)}`;
    case 'banned':
      return first.data?.on === true ? `${by} banned ${who}` : `${by} took back the ban of ${who}`;
    case 'muted':
      return first.data?.until === 0 ? `${by} let ${who} write again` : `${by} muted ${who}`;
    case 'archived':
      return first.data?.on === true ? `${by} archived the room` : `${by} took the room out of the archive`;
    default:
      return '';
  }
}

function roleName(role: unknown): string {
  return role === 'owner' ? 'an owner' : `a ${String(role)}`;
}

/** What of the settings changed, in words: one change in full, several by name. */
function changed(data: Record<string, unknown>): string {
  const said: string[] = [];
  if (typeof data.name === 'string') said.push(data.name === '' ? 'took the name away' : `named it “${data.name}”`);
  if (typeof data.topic === 'string')
    said.push(data.topic === '' ? 'took the topic away' : `set the topic “${data.topic}”`);
  if (data.description !== undefined) said.push('changed the description');
  if (data.picture !== undefined) said.push(data.picture === '' ? 'took the picture away' : 'changed the picture');
  if (data.kind !== undefined) said.push(`made the room ${String(data.kind)}`);
  if (data.announcement !== undefined)
    said.push(data.announcement === true ? 'made it an announcement room' : 'let all members write');
  if (typeof data.slow_mode_s === 'number')
    said.push(
      data.slow_mode_s === 0 ? 'switched slow mode off' : `set slow mode to ${durationWords(data.slow_mode_s)}`,
    );
  if (data.permissions !== undefined) said.push('changed who may do what');
  return listNames(said, 6);
}
