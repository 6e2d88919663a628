import { i18n } from '@lingui/core';
import { Suspense, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { late } from '@/lib/late';
import { paths } from '@/lib/paths';
import { useLatestOnly } from '@/lib/useLatestOnly';
import type { User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { BackLink } from '../rooms/BackLink';
import { usePresence } from '../rooms/usePresence';
import { usePersonCard } from './PersonCard';
import { BotSign, PersonAvatar, signOf } from './Signs';
import { statusOf } from './told';
import { useBlocked, useClock } from './usePerson';
import '@/styles/people.css';

const GroupsPart = late(async () => (await import('../groups/GroupsPart')).GroupsPart);

const PAGE = 60;
const PAUSE_MS = 150;

/** Everybody on this server, a page at a time. */
export function PeopleScreen({ part }: { part?: string | undefined }) {
  return part === 'groups' ? <Groups /> : <Directory />;
}

/** Names for several people together. */
function Groups() {
  return (
    <main className="main">
      <header className="top top-list">
        <BackLink />
        <h1>
          <Icon name="people" size={18} />
          {i18n.t('Groups of people')}
        </h1>
        <div className="top-tools">
          <Link href={paths.people()} className="btn btn-quiet">
            {i18n.t('Everybody')}
          </Link>
        </div>
      </header>
      <div className="screen">
        <div className="screen-body directory">
          <Suspense fallback={<SkeletonRows count={4} tall />}>
            <GroupsPart />
          </Suspense>
        </div>
      </div>
    </main>
  );
}

function Directory() {
  const [query, setQuery] = useState('');
  const { users, total, complete, error, more, busy } = useDirectory(query.trim().replace(/^@/, ''));
  const presence = usePresence(users?.map((user) => user.id) ?? []);
  return (
    <main className="main">
      <header className="top top-list">
        <BackLink />
        <h1>
          <Icon name="people" size={18} />
          {i18n.t({ id: 'Everybody (all people)', message: 'Everybody' })}
        </h1>
        {total !== undefined && <p>{i18n.t('{count, plural, one {# person} other {# people}}', { count: total })}</p>}
        <div className="top-tools">
          <Link href={paths.people('groups')} className="btn btn-quiet">
            {i18n.t({ id: 'groups (of people)', message: 'Groups', comment: 'Names for several people together' })}
          </Link>
        </div>
      </header>
      <div className="screen">
        <div className="screen-body directory">
          <input
            type="search"
            className="form-control"
            placeholder={i18n.t('Find by name or user name')}
            aria-label={i18n.t('Find by name or user name')}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          {error !== undefined && (
            <p className="field-error" role="alert">
              {error}
            </p>
          )}
          {users === undefined && error === undefined && <SkeletonRows count={8} tall />}
          {users?.length === 0 && (
            <Empty icon="search" title={i18n.t('Nobody is called that.')}>
              <p>{i18n.t('A part of a name is enough.')}</p>
            </Empty>
          )}
          <ul className="people-grid">
            {users?.map((user) => (
              <li key={user.id}>
                <PersonRow user={user} presence={presence(user.id)} />
              </li>
            ))}
          </ul>
          {!complete && (
            <Button type="button" className="btn btn-quiet directory-more" off={busy} onClick={more}>
              {i18n.t('Show more')}
            </Button>
          )}
        </div>
      </div>
    </main>
  );
}

function PersonRow({ user, presence }: { user: User; presence: 'online' | 'away' | 'offline' }) {
  const { me } = useChat();
  const open = usePersonCard();
  const now = useClock();
  const blocked = useBlocked().has(user.id);
  const status = statusOf(user, now);
  const notes = [user.id === me.id && i18n.t('you'), blocked && i18n.t('blocked')];
  return (
    <button
      type="button"
      className="pick pick-button person-row"
      aria-haspopup="dialog"
      onClick={(event) => open(user.id, event.currentTarget)}
    >
      <PersonAvatar id={user.id} name={user.display_name} presence={presence} />
      <span className="pick-text">
        <span className="pick-name" dir="auto">
          <bdi>{user.display_name}</bdi> <BotSign user={user} />
        </span>
        <small dir={status === undefined ? undefined : 'auto'}>
          {status === undefined ? (
            <>
              <bdi>@{user.username}</bdi>
              {notes.map((note) => (note === false ? '' : ` · ${note}`))}
            </>
          ) : (
            <>
              {signOf(status)} {status.text === '' ? <bdi>@{user.username}</bdi> : <bdi>{status.text}</bdi>}
            </>
          )}
        </small>
      </span>
    </button>
  );
}

interface Found {
  users: User[];
  total: number;
  complete: boolean;
}

function useDirectory(query: string) {
  const chat = useChat();
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const begin = useLatestOnly();
  const load = async (before: User[]): Promise<void> => {
    const signal = begin();
    setBusy(true);
    try {
      const after = before.at(-1)?.id;
      const page = await chat.api.call('GET /users', {
        query: { limit: PAGE, ...(query === '' ? {} : { query }), ...(after === undefined ? {} : { after }) },
        signal,
      });
      chat.people.put(page.users);
      // Somebody who was renamed meanwhile may come twice.
      const held = new Set(before.map((user) => user.id));
      setFound({ ...page, users: [...before, ...page.users.filter((user) => !held.has(user.id))] });
      setError(undefined);
    } catch (cause) {
      if (signal.aborted) return;
      setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
    }
    setBusy(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new query is what asks again.
  useEffect(() => {
    const timer = setTimeout(() => void load([]), query === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  return {
    users: found?.users,
    total: found?.total,
    complete: found?.complete ?? true,
    error,
    busy,
    more: () => void load(found?.users ?? []),
  };
}
