import { i18n } from '@lingui/core';
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
  const names = [...new Set(events.map((event) => nameOf(users.get(subjectOf(event)))))];
  const count = names.length;
  const who = listNames(names, 3);
  const person = nameOf(users.get(first.sender));
  const { on, role, until } = first.data ?? {};
  switch (first.type) {
    case 'created':
      return i18n.t('{person} made this room', { person });
    case 'joined':
      return i18n.t('{count, plural, one {{who} joined} other {{who} joined}}', { who, count });
    case 'left':
      return i18n.t('{count, plural, one {{who} left} other {{who} left}}', { who, count });
    case 'added':
      return i18n.t('{person} added {who}', { person, who });
    case 'removed':
      return i18n.t('{person} removed {who}', { person, who });
    case 'settings':
      return i18n.t({
        id: '{person} {changes}',
        comment: 'Ada took the name away and changed the picture: {changes} is one or several such texts',
        values: { person, changes: changed(first.data ?? {}) },
      });
    case 'role':
      return madeWords(person, who, String(role));
    case 'banned':
      return on === true
        ? i18n.t('{person} banned {who}', { person, who })
        : i18n.t('{person} took back the ban of {who}', { person, who });
    case 'muted':
      return until === 0
        ? i18n.t('{person} let {who} write again', { person, who })
        : i18n.t('{person} muted {who}', { person, who });
    case 'archived':
      return on === true
        ? i18n.t('{person} archived the room', { person })
        : i18n.t('{person} took the room out of the archive', { person });
    default:
      return '';
  }
}

function madeWords(person: string, who: string, role: string): string {
  switch (role) {
    case 'owner':
      return i18n.t('{person} made {who} an owner', { person, who });
    case 'moderator':
      return i18n.t('{person} made {who} a moderator', { person, who });
    case 'member':
      return i18n.t('{person} made {who} a member', { person, who });
    case 'guest':
      return i18n.t('{person} made {who} a guest', { person, who });
    default:
      return i18n.t('{person} made {who} a {role}', { person, who, role });
  }
}

/** What of the settings changed, in words: one change in full, several by name. */
function changed(data: Record<string, unknown>): string {
  const said: string[] = [];
  if (typeof data.name === 'string')
    said.push(data.name === '' ? i18n.t('took the name away') : i18n.t('named it “{name}”', { name: data.name }));
  if (typeof data.topic === 'string')
    said.push(
      data.topic === '' ? i18n.t('took the topic away') : i18n.t('set the topic “{topic}”', { topic: data.topic }),
    );
  if (data.description !== undefined) said.push(i18n.t('changed the description'));
  if (data.picture !== undefined)
    said.push(data.picture === '' ? i18n.t('took the picture away') : i18n.t('changed the picture'));
  if (data.kind !== undefined)
    said.push(
      i18n.t(
        '{kind, select, public {made the room public} private {made the room private} other {made the room {kind}}}',
        { kind: String(data.kind) },
      ),
    );
  if (data.announcement !== undefined)
    said.push(data.announcement === true ? i18n.t('made it an announcement room') : i18n.t('let all members write'));
  if (typeof data.slow_mode_s === 'number')
    said.push(
      data.slow_mode_s === 0
        ? i18n.t('switched slow mode off')
        : i18n.t('set slow mode to {duration}', { duration: durationWords(data.slow_mode_s) }),
    );
  if (typeof data.retention_days === 'number')
    said.push(
      data.retention_days === 0
        ? i18n.t('let messages be kept as long as on the whole server')
        : i18n.t('set messages to be kept for {duration}', { duration: durationWords(data.retention_days * 86_400) }),
    );
  if (data.permissions !== undefined) said.push(i18n.t('changed who may do what'));
  return listNames(said, 6);
}
