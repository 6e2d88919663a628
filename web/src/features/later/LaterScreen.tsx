import { i18n } from '@lingui/core';
import { useCallback, useRef } from 'react';
import { Link, Redirect } from 'wouter';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { paths } from '@/lib/paths';
import type { LaterItem } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { BackLink } from '../rooms/BackLink';
import { LaterRow } from './LaterRow';
import { ScheduledList } from './ScheduledList';
import { usePages } from './usePages';
import './later.css';

const PAGE = 30;
const PARTS = [
  { part: '', name: /*i18n*/ { id: 'In progress' } },
  { part: 'done', name: /*i18n*/ { id: 'Done' } },
  { part: 'scheduled', name: /*i18n*/ { id: 'Scheduled' } },
];

/** What I keep for myself: messages to come back to, reminders, and what is to be sent at a time. */
export function LaterScreen({ part = '' }: { part: string | undefined }) {
  const list = useRef<HTMLDivElement>(null);
  useKeepFocus(list, '.later-row');
  if (!PARTS.some((one) => one.part === part)) return <Redirect to={paths.later()} replace />;
  return (
    <main className="main">
      <header className="top top-list">
        <BackLink />
        <h1>{i18n.t('Later')}</h1>
      </header>
      <div className="threads later" ref={list}>
        <nav className="list-parts" aria-label={i18n.t('Later')}>
          {PARTS.map((one) => (
            <Link
              key={one.part}
              href={paths.later(one.part)}
              className={one.part === part ? 'list-part is-on' : 'list-part'}
              aria-current={one.part === part ? 'page' : undefined}
            >
              {i18n.t(one.name)}
            </Link>
          ))}
        </nav>
        {part === 'scheduled' ? <ScheduledList /> : <LaterList key={part} part={part === 'done' ? 'done' : 'open'} />}
      </div>
    </main>
  );
}

function LaterList({ part }: { part: 'open' | 'done' }) {
  const chat = useChat();
  const { later } = chat.conversation;
  const version = useStore(later.version);
  const fetchPage = useCallback(
    (last: LaterItem | undefined) =>
      chat.api.call('GET /later', {
        query: { part, limit: PAGE, ...(last === undefined ? {} : { before: last.place }) },
      }),
    [chat, part],
  );
  const { items, complete, failed, busy, more, again } = usePages(fetchPage, version);
  if (items === undefined) {
    if (!failed) return <SkeletonRows count={5} tall />;
    return (
      <Empty title={i18n.t('It could not be loaded.')}>
        <button type="button" className="btn btn-quiet" onClick={again}>
          {i18n.t('Try again')}
        </button>
      </Empty>
    );
  }
  const due = part === 'open' ? items.filter((item) => item.due_at !== undefined) : [];
  const rest = due.length === 0 ? items : items.filter((item) => item.due_at === undefined);
  return (
    <>
      {items.length === 0 && <Nothing part={part} />}
      {due.length > 0 && <Group title={i18n.t('Due')} items={due} />}
      {rest.length > 0 && <Group title={due.length > 0 ? i18n.t('Kept') : undefined} items={rest} />}
      {!complete && (
        <Button type="button" className="btn btn-quiet threads-more" off={busy} onClick={more}>
          {failed ? i18n.t('Could not load more. Try again') : i18n.t('Older ones')}
        </Button>
      )}
    </>
  );
}

function Group({ title, items }: { title: string | undefined; items: readonly LaterItem[] }) {
  return (
    <section className="later-group" aria-label={title}>
      {title !== undefined && <h2>{title}</h2>}
      {items.map((item) => (
        <LaterRow key={item.id} item={item} />
      ))}
    </section>
  );
}

function Nothing({ part }: { part: 'open' | 'done' }) {
  if (part === 'done')
    return (
      <Empty icon="check" title={i18n.t('Nothing is ticked off yet.')}>
        <p>{i18n.t('What you tick off under Later comes here.')}</p>
      </Empty>
    );
  return (
    <Empty icon="bookmark" title={i18n.t('Nothing is kept for later.')}>
      <p>
        {i18n.t(
          'Keep a message, or be reminded of it: both are in the menu of each message. Only you see what is here.',
        )}
      </p>
    </Empty>
  );
}
