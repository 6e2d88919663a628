import { i18n } from '@lingui/core';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { clockTime, dayKey, dayName, fullTime } from '@/lib/time';
import type { AuditEntry, User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { auditWords, KINDS, ROOM, THEM, WHO } from './audit_words';
import { Pages } from './Pages';
import { usePages } from './usePages';

const PAGE = 60;

interface Filter {
  kind: string;
  actor?: User;
  room?: { id: string; name: string };
  /** A day, as the browser's field gives it. */
  until: string;
}

interface Row extends AuditEntry {
  /** Where the list goes on behind this row; of the last one of a page only. */
  next?: string;
}

/** What was done by whom. Pressing a name or a room shows only what is theirs. */
export function AuditPart() {
  const chat = useChat();
  const [filter, setFilter] = useState<Filter>({ kind: '', until: '' });
  const key = JSON.stringify([filter.kind, filter.actor?.id, filter.room?.id, filter.until]);
  const pages = usePages<Row>(key, async (held, signal) => {
    const after = held.at(-1)?.next;
    const { entries, next } = await chat.api.call('GET /admin/audit', {
      query: { ...queryOf(filter), limit: PAGE, ...(after === undefined ? {} : { after }) },
      signal,
    });
    const rows: Row[] = entries.map((entry, at) =>
      at === entries.length - 1 && next !== undefined ? { ...entry, next } : entry,
    );
    return { rows, complete: next === undefined };
  });
  return (
    <>
      <div className="admin-bar">
        <select
          className="form-select"
          aria-label={i18n.t('What was done')}
          value={filter.kind}
          onChange={(event) => setFilter({ ...filter, kind: event.target.value })}
        >
          <option value="">{i18n.t('All that was done')}</option>
          {Object.entries(KINDS).map(([kind, { name }]) => (
            <option key={kind} value={kind}>
              {i18n.t(name)}
            </option>
          ))}
        </select>
        <label className="admin-until">
          <span>{i18n.t('Until')}</span>
          <input
            type="date"
            className="form-control"
            value={filter.until}
            onChange={(event) => setFilter({ ...filter, until: event.target.value })}
          />
        </label>
        {filter.actor !== undefined && (
          <Chip onEnd={() => setFilter(({ actor: _, ...rest }) => rest)}>
            {i18n.t({
              id: 'by {name}',
              comment: 'What somebody did; the list of what was done.',
              values: { name: filter.actor.display_name },
            })}
          </Chip>
        )}
        {filter.room !== undefined && (
          <Chip onEnd={() => setFilter(({ room: _, ...rest }) => rest)}>
            {i18n.t({
              id: 'in {room}',
              comment: 'What was done in a room; the list of what was done.',
              values: { room: filter.room.name },
            })}
          </Chip>
        )}
      </div>
      <Pages pages={pages} icon="list" none={i18n.t('Nothing like that was done.')}>
        <ol className="audit">
          {pages.rows?.map((entry, at) => (
            <Entry
              // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end.
              key={at}
              entry={entry}
              first={at === 0 || dayKey(entry.at) !== dayKey(pages.rows?.[at - 1]?.at ?? 0)}
              onFilter={(more) => setFilter({ ...filter, ...more })}
            />
          ))}
        </ol>
      </Pages>
    </>
  );
}

function queryOf({ kind, actor, room, until }: Filter) {
  return {
    ...(kind === '' ? {} : { kind }),
    ...(actor === undefined ? {} : { actor: actor.id }),
    ...(room === undefined ? {} : { room: room.id }),
    // The whole day, in the time zone of who looks.
    ...(until === '' ? {} : { until: new Date(`${until}T23:59:59.999`).getTime() }),
  };
}

function Chip({ onEnd, children }: { onEnd: () => void; children: ReactNode }) {
  return (
    <button type="button" className="admin-chip" onClick={onEnd} title={i18n.t('Show all again')}>
      <bdi>{children}</bdi>
      <Icon name="close" size={14} />
    </button>
  );
}

function Entry(props: { entry: AuditEntry; first: boolean; onFilter: (more: Partial<Filter>) => void }) {
  const { entry, first, onFilter } = props;
  const { actor, user, room } = entry;
  const room_name = entry.room_name === '' ? i18n.t('a group') : (entry.room_name ?? i18n.t('the room'));
  return (
    <>
      {first && <li className="audit-day">{dayName(entry.at, Date.now())}</li>}
      <li className="audit-row">
        <time title={fullTime(entry.at)}>{clockTime(entry.at)}</time>
        <span>
          {auditWords(entry).map((piece) => {
            if (piece === WHO) return <Who key={piece} actor={actor} onFilter={onFilter} />;
            if (piece === THEM) return <Other key={piece} user={user} />;
            if (piece !== ROOM) return piece;
            return (
              <Button
                type="button"
                className="audit-link"
                key={piece}
                off={room === undefined}
                onClick={() => room !== undefined && onFilter({ room: { id: room, name: room_name } })}
              >
                <bdi>{room_name}</bdi>
              </Button>
            );
          })}
        </span>
      </li>
    </>
  );
}

function Who({ actor, onFilter }: { actor: User | undefined; onFilter: (more: Partial<Filter>) => void }) {
  if (actor === undefined) return i18n.t('Somebody');
  return (
    <button type="button" className="audit-link" onClick={() => onFilter({ actor })}>
      <bdi>{actor.display_name}</bdi>
    </button>
  );
}

function Other({ user }: { user: User | undefined }) {
  return <bdi className="report-name">{user?.display_name ?? i18n.t('somebody')}</bdi>;
}
