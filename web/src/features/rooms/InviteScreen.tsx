import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import type { Invitation } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { BackLink } from './BackLink';
import { useOpenRoom } from './useOpenRoom';

/** Where an invitation link leads: what the room is, and the way in. */
export function InviteScreen({ token }: { token: string }) {
  const chat = useChat();
  const [room, setRoom] = useState<Invitation>();
  const [error, setError] = useState<ApiError>();
  const [tries, setTries] = useState(0);
  const joining = useOpenRoom(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try asks again.
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api
      .call('GET /invites/{token}', { params: { token }, signal: giveUp.signal })
      .then(setRoom, (cause: unknown) => {
        if (giveUp.signal.aborted) return;
        setError(
          cause instanceof ApiError ? cause : new ApiError('internal', i18n.t('Something went wrong. Try again.')),
        );
      });
    return () => giveUp.abort();
  }, [chat, token, tries]);
  const join = (): void =>
    joining.open(async () => {
      const joined = await chat.api.call('POST /invites/{token}', { params: { token } });
      chat.list.put(joined);
      return joined;
    });
  return (
    <main className="main">
      <header className="top">
        <BackLink />
        <h1>{i18n.t('Invitation')}</h1>
      </header>
      {room === undefined && error === undefined && <SkeletonRows count={4} tall />}
      {error?.retryable === true && (
        <Empty icon="link" title={error.message}>
          <button
            type="button"
            className="btn btn-primary"
            onClick={() => {
              setError(undefined);
              setTries(tries + 1);
            }}
          >
            {i18n.t('Try again')}
          </button>
        </Empty>
      )}
      {error?.retryable === false && (
        <Empty icon="link" title={error.message}>
          <p>{i18n.t('Links end by themselves after some time or some uses. Ask whoever sent it for another one.')}</p>
          <Link href={paths.home} className="btn btn-primary">
            {i18n.t('To my rooms')}
          </Link>
        </Empty>
      )}
      {room !== undefined && (
        <Empty
          icon={room.kind === 'public' ? 'hash' : 'lock'}
          title={
            room.inside
              ? i18n.t('You are in {room} already.', { room: room.name })
              : i18n.t('You are invited to {room}.', { room: room.name })
          }
        >
          {room.topic !== '' && <p dir="auto">{room.topic}</p>}
          <p>
            {i18n.t('{count, plural, one {# person is in it.} other {# people are in it.}}', {
              count: room.member_count,
            })}
          </p>
          {joining.error !== undefined && (
            <p className="field-error" role="alert">
              {joining.error.message}
            </p>
          )}
          {room.inside ? (
            <Link href={paths.room(room.room)} className="btn btn-primary">
              {i18n.t('Open')}
            </Link>
          ) : (
            <Button type="button" className="btn btn-primary" off={joining.busy} onClick={join}>
              {i18n.t('Join')}
            </Button>
          )}
        </Empty>
      )}
    </main>
  );
}
