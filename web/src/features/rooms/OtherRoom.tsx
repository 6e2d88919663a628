import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { roomName } from '@/state/names';
import { BackLink } from './BackLink';
import { RoomTitle } from './RoomTitle';
import { useOpenRoom } from './useOpenRoom';

/** A room I am not in: one that can be joined says so, any other is not there. */
export function OtherRoom({ id }: { id: string }) {
  const chat = useChat();
  const [room, setRoom] = useState<Room>();
  const [failed, setFailed] = useState<'missing' | 'unreached'>();
  const [tries, setTries] = useState(0);
  const joining = useOpenRoom(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try asks again.
  useEffect(() => {
    const giveUp = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const found = await chat.api.call('GET /rooms/{room}', { params: { room: id }, signal: giveUp.signal });
        if (found.role !== undefined) chat.refreshList();
        setRoom(found);
      } catch (cause) {
        // Only an answer says that it is not there.
        const answered = cause instanceof ApiError && !cause.retryable;
        if (!giveUp.signal.aborted) setFailed(answered ? 'missing' : 'unreached');
      }
    };
    void ask();
    return () => giveUp.abort();
  }, [chat, id, tries]);
  return (
    <main className="main">
      <header className="top">
        <BackLink />
        {room !== undefined && <RoomTitle room={room} />}
      </header>
      {failed === 'unreached' && (
        <Empty title={i18n.t('The room could not be loaded.')}>
          <button
            type="button"
            className="btn btn-quiet"
            onClick={() => {
              setFailed(undefined);
              setTries(tries + 1);
            }}
          >
            {i18n.t('Try again')}
          </button>
        </Empty>
      )}
      {failed === 'missing' && (
        <Empty icon="compass" title={i18n.t('There is no such room, or it is not open to you.')}>
          <p>{i18n.t('If somebody sent you here, ask them to add you.')}</p>
          <Link href={paths.home} className="btn btn-primary">
            {i18n.t('Back to my rooms')}
          </Link>
        </Empty>
      )}
      {room !== undefined && (
        <Empty icon="hash" title={i18n.t('You are not in {room}.', { room: roomName(room) })}>
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
          <Button
            type="button"
            className="btn btn-primary"
            off={joining.busy}
            onClick={() => joining.open(() => chat.join(id))}
          >
            {i18n.t('Join')}
          </Button>
        </Empty>
      )}
    </main>
  );
}
