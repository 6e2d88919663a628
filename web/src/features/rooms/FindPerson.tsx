import { i18n } from '@lingui/core';
import { useState } from 'react';
import { Dialog } from '@/components/Dialog';
import { Empty } from '@/components/Empty';
import { SkeletonRows } from '@/components/Skeleton';
import type { User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { BotSign, PersonAvatar } from '../people/Signs';
import { usePeopleSearch } from './usePeopleSearch';
import { usePresence } from './usePresence';

interface Props {
  title: string;
  /** People who are not offered. */
  without?: ReadonlySet<string>;
  onPick: (user: User) => void;
  onClose: () => void;
  error?: string | undefined;
}

/** A dialog that finds one person. */
export function FindPerson({ title, without, onPick, onClose, error }: Props) {
  const { me } = useChat();
  const [query, setQuery] = useState('');
  const found = usePeopleSearch(query);
  const users = found.users?.filter((user) => user.id !== me.id && without?.has(user.id) !== true);
  const presence = usePresence((users ?? []).map((user) => user.id));
  const problem = error ?? found.error;
  return (
    <Dialog title={title} onClose={onClose} className="sheet-tall">
      <input
        type="search"
        className="form-control"
        placeholder={i18n.t('Name or user name')}
        aria-label={i18n.t('Name or user name')}
        value={query}
        data-autofocus
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          const [first] = users ?? [];
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && first !== undefined && query !== '')
            onPick(first);
        }}
      />
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <ul className="pick-list">
        {users?.map((user) => (
          <li key={user.id}>
            <button type="button" className="pick pick-button" onClick={() => onPick(user)}>
              <PersonAvatar id={user.id} name={user.display_name} presence={presence(user.id)} />
              <span className="pick-text">
                <span className="pick-name">
                  <bdi>{user.display_name}</bdi> <BotSign user={user} />
                </span>
                <small>
                  <bdi>@{user.username}</bdi>
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {users === undefined && problem === undefined && <SkeletonRows count={5} />}
      {users?.length === 0 &&
        (query === '' && (found.users?.length ?? 0) > 1 ? (
          <Empty icon="people" title={i18n.t('Everybody is in already.')} />
        ) : query === '' ? (
          <Empty icon="people" title={i18n.t('Nobody else is here yet.')}>
            <p>{i18n.t('Send people the address of this page; they can make an account themselves.')}</p>
          </Empty>
        ) : (
          <Empty icon="search" title={i18n.t('Nobody is called that.')}>
            <p>{i18n.t('A part of a name is enough.')}</p>
          </Empty>
        ))}
    </Dialog>
  );
}
