import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import type { User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { PersonAvatar } from '../people/Signs';
import { useBlocked } from '../people/usePerson';
import { MyData } from './MyData';
import type { PartProps } from './SettingsScreen';
import { useSaving } from './useSaving';

export function PrivacySettings({ me }: PartProps) {
  const { account } = useChat();
  const saving = useSaving();
  /** As it was just ticked, until the server has it or refuses. */
  const [wanted, setWanted] = useState<{ hide_last_seen?: boolean; hide_read?: boolean }>({});
  const hide = (change: typeof wanted): void => {
    if (saving.busy) return;
    setWanted(change);
    saving.save(() => account.change(change).finally(() => setWanted({})));
  };
  return (
    <>
      <label className="switch-row">
        <input
          type="checkbox"
          className="form-check-input"
          checked={!(wanted.hide_last_seen ?? me.hide_last_seen)}
          onChange={(event) => hide({ hide_last_seen: !event.target.checked })}
        />
        <span>
          {i18n.t('Show when I was last here')}
          <small>{i18n.t('Off: others see that you are not here, and no time. You still see theirs.')}</small>
        </span>
      </label>
      <label className="switch-row">
        <input
          type="checkbox"
          className="form-check-input"
          checked={!(wanted.hide_read ?? me.hide_read)}
          onChange={(event) => hide({ hide_read: !event.target.checked })}
        />
        <span>
          {i18n.t('Show what I have read')}
          <small>
            {i18n.t(
              'Off: others see that a message reached you, and not that you read it. You still see what they read.',
            )}
          </small>
        </span>
      </label>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <h3 className="settings-sub">{i18n.t('People I block')}</h3>
      <p className="settings-lead">
        {i18n.t(
          'They cannot write to you directly, and what they write in rooms is folded for you. They are not told.',
        )}
      </p>
      <Blocked />
      <MyData />
    </>
  );
}

function Blocked() {
  const chat = useChat();
  const ids = useBlocked();
  const [users, setUsers] = useState<User[]>();
  const [error, setError] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  useKeepFocus(list, 'li');
  const saving = useSaving();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another set of people is what loads again.
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /me/blocks', { signal: giveUp.signal }).then(
      (reply) => setUsers(reply.users),
      (cause: unknown) => {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      },
    );
    return () => giveUp.abort();
  }, [chat, ids]);
  const problem = error ?? saving.error?.message;
  return (
    <>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {users === undefined && error === undefined && <SkeletonRows count={2} />}
      {users?.length === 0 && (
        <p className="settings-none">{i18n.t('Nobody. You can block a person on their card.')}</p>
      )}
      <ul ref={list} className="pick-list blocked-list">
        {users?.map((user) => (
          <li className="pick" key={user.id}>
            <PersonAvatar id={user.id} name={user.display_name} />
            <span className="pick-text">
              <bdi className="pick-name">{user.display_name}</bdi>
              <small>
                <bdi>@{user.username}</bdi>
              </small>
            </span>
            <Button
              type="button"
              className="btn btn-quiet"
              off={saving.busy}
              aria-label={i18n.t('Unblock {name}', { name: user.display_name })}
              onClick={() => saving.save(() => chat.account.unblock(user.id))}
            >
              {i18n.t('Unblock')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
