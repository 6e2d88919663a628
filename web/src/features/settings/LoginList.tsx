import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { ago } from '@/lib/time';
import type { Session } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { deviceOf } from './device';

/** Where I am logged in, each of which I can end. */
export function LoginList() {
  const chat = useChat();
  const [sessions, setSessions] = useState<Session[]>();
  const [error, setError] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  useKeepFocus(list, 'li');
  const say = (cause: unknown): void =>
    setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong.'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: loaded once for each time it is opened.
  useEffect(() => {
    chat.api.call('GET /auth/sessions', {}).then((reply) => setSessions(reply.sessions), say);
  }, [chat]);
  const end = async (id: string): Promise<void> => {
    try {
      await chat.api.call('DELETE /auth/sessions/{session}', { params: { session: id } });
      setSessions((before) => before?.filter((session) => session.id !== id));
    } catch (cause) {
      say(cause);
    }
  };
  const sorted = sessions?.toSorted((a, b) => Number(b.current) - Number(a.current) || b.last_used_at - a.last_used_at);
  return (
    <>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {sorted === undefined && error === undefined && <SkeletonRows count={3} />}
      <ul ref={list} className="pick-list">
        {sorted?.map((session) => (
          <li className="pick" key={session.id}>
            <span className="side-sign">
              <Icon name="screen" />
            </span>
            <span className="pick-text">
              <span className="pick-name">{deviceOf(session.user_agent)}</span>
              <small>
                {session.current
                  ? i18n.t('this device')
                  : i18n.t('last used {when}', { when: ago(session.last_used_at, Date.now()) })}{' '}
                · {session.address}
              </small>
            </span>
            {!session.current && (
              <button type="button" className="btn btn-quiet" onClick={() => void end(session.id)}>
                {i18n.t('Log out')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p className="form-text">
        {i18n.t('Access tokens are not among these: they are listed, and ended, in the settings.')}
      </p>
    </>
  );
}
