import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { ago } from '@/lib/time';
import type { Ban } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { PersonAvatar } from '../people/Signs';
import { useSaving } from '../settings/useSaving';
import type { RoomPartProps } from './RoomSettings';

export function BansPart({ room }: RoomPartProps) {
  const chat = useChat();
  const saving = useSaving();
  const [bans, setBans] = useState<Ban[]>();
  const [error, setError] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  useKeepFocus(list, 'li');
  const { events } = useStore(chat.log(room.id).view);
  const changed = events.findLast((event) => event.type === 'banned')?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another ban, or the end of one, is what loads again.
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /rooms/{room}/bans', { params: { room: room.id }, signal: giveUp.signal }).then(
      (reply) => {
        setBans(reply.bans);
        setError(undefined);
      },
      (cause: unknown) => {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      },
    );
    return () => giveUp.abort();
  }, [chat, room.id, changed]);
  const unban = (user: string): void =>
    saving.save(async () => {
      await chat.api.call('DELETE /rooms/{room}/bans/{user}', { params: { room: room.id, user } });
      setBans((before) => before?.filter((ban) => ban.user.id !== user));
    });
  const problem = saving.error?.message ?? error;
  return (
    <>
      <p className="settings-lead">
        {i18n.t('They are out of the room and cannot come in again, by an invitation neither.')}
      </p>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {bans === undefined && error === undefined && <SkeletonRows count={2} />}
      {bans?.length === 0 && (
        <p className="settings-none">{i18n.t('Nobody. Members are banned from the list of members.')}</p>
      )}
      <ul ref={list} className="pick-list room-list">
        {bans?.map(({ user, at }) => (
          <li className="pick" key={user.id}>
            <PersonAvatar id={user.id} name={user.display_name} />
            <span className="pick-text">
              <bdi className="pick-name">{user.display_name}</bdi>
              <small>
                <bdi>@{user.username}</bdi> · {ago(at, Date.now())}
              </small>
            </span>
            <Button
              type="button"
              className="btn btn-quiet"
              off={saving.busy}
              aria-label={i18n.t('Take back the ban of {person}', { person: user.display_name })}
              onClick={() => unban(user.id)}
            >
              {i18n.t({ id: 'Take back', comment: 'A ban' })}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
