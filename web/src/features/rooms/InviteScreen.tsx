import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { Empty } from '@/components/Empty';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { plural } from '@/lib/text';
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
        setError(cause instanceof ApiError ? cause : new ApiError('internal', 'Something went wrong. Try again.'));
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
        <h1>Invitation</h1>
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
            Try again
          </button>
        </Empty>
      )}
      {error?.retryable === false && (
        <Empty icon="link" title={error.message}>
          <p>Links end by themselves after some time or some uses. Ask whoever sent it for another one.</p>
          <Link href={paths.home} className="btn btn-primary">
            To my rooms
          </Link>
        </Empty>
      )}
      {room !== undefined && (
        <Empty
          icon={room.kind === 'public' ? 'hash' : 'lock'}
          title={room.inside ? `You are in ${room.name} already.` : `You are invited to ${room.name}.`}
        >
          {room.topic !== '' && <p>{room.topic}</p>}
          <p>{plural(room.member_count, 'person is', 'people are')} in it.</p>
          {joining.error !== undefined && (
            <p className="field-error" role="alert">
              {joining.error.message}
            </p>
          )}
          {room.inside ? (
            <Link href={paths.room(room.room)} className="btn btn-primary">
              Open
            </Link>
          ) : (
            <button type="button" className="btn btn-primary" disabled={joining.busy} onClick={join}>
              Join
            </button>
          )}
        </Empty>
      )}
    </main>
  );
}
