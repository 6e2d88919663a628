import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { UserGroup } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import type { NamedGroup } from './book';
import { GroupMembers, peopleWords } from './GroupMembers';
import '@/styles/people.css';
import './groups.css';

/** The card of a group that a message names: what it is called now, and who is in it. */
export function GroupCard({ named, anchor, onClose }: { named: NamedGroup; anchor: Anchor; onClose: () => void }) {
  const { group, error } = useGroup(named.id);
  const title = group?.title ?? `@${named.handle}`;
  return (
    <Floating label={i18n.t('About {name}', { name: title })} anchor={anchor} onClose={onClose} className="person-card">
      <header className="person-head">
        <span className="group-sign">
          <Icon name="people" size={26} />
        </span>
        <div className="person-names">
          <h2>
            <bdi>{title}</bdi>
          </h2>
          {group !== undefined && (
            <p>
              <bdi>@{group.handle}</bdi> · {peopleWords(group.people)}
            </p>
          )}
        </div>
        <button type="button" className="btn-icon" aria-label={i18n.t('Close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="person-body">
        {error === undefined ? (
          <GroupMembers id={named.id} />
        ) : (
          <p className="person-fact" role="status">
            {error}
          </p>
        )}
      </div>
      <footer className="person-foot">
        <Link href={paths.people('groups')} className="btn btn-quiet" onClick={onClose}>
          {i18n.t('All groups')}
        </Link>
      </footer>
    </Floating>
  );
}

function useGroup(id: string) {
  const { api } = useChat();
  const [group, setGroup] = useState<UserGroup>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const giveUp = new AbortController();
    api.call('GET /groups/{group}', { params: { group: id }, signal: giveUp.signal }).then(setGroup, (cause) => {
      if (!(cause instanceof ApiError) || cause.code === 'aborted') return;
      setError(cause.code === 'group_not_found' ? i18n.t('This group was deleted.') : cause.message);
    });
    return () => giveUp.abort();
  }, [api, id]);
  return { group, error };
}
