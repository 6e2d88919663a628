import { i18n } from '@lingui/core';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import type { PresenceState } from '@/components/Avatar';
import { Button } from '@/components/Button';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { ago } from '@/lib/time';
import type { Room, User } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomName } from '@/state/names';
import { roomIcon } from '../rooms/roomIcon';
import { useOpenRoom } from '../rooms/useOpenRoom';
import { usePresence } from '../rooms/usePresence';
import { localTime } from './person';
import { BotSign, endWords, PersonAvatar, signOf, untilWords } from './Signs';
import { isQuiet, statusOf } from './told';
import { useBlocked, useClock, usePerson } from './usePerson';

/** The card of a person: who they are, and what can be done with them. */
export function AboutPerson({ id, anchor, onClose }: { id: string; anchor: Anchor; onClose: () => void }) {
  const chat = useChat();
  const user = usePerson(id);
  const presence = usePresence(useMemo(() => [id], [id]))(id);
  const now = useClock();
  const blocked = useBlocked().has(id);
  const mine = id === chat.me.id;
  const gone = useWholeProfile(id);
  const status = statusOf(user, now);
  const name = nameOf(user);
  return (
    <Floating label={i18n.t('About {name}', { name })} anchor={anchor} onClose={onClose} className="person-card">
      <header className="person-head">
        <PersonAvatar id={id} name={name} size="l" presence={presence} />
        <div className="person-names">
          <h2>
            <bdi>{name}</bdi> <BotSign user={user} />
          </h2>
          <p>
            <bdi>@{user?.username ?? '…'}</bdi>
          </p>
        </div>
        <button type="button" className="btn-icon" aria-label={i18n.t('Close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="person-body">
        {status !== undefined && (
          <p className="person-status">
            <span aria-hidden="true">{signOf(status)}</span>
            <span>
              {status.text === '' ? (
                <span className="visually-hidden">{i18n.t('Status')}</span>
              ) : (
                <bdi>{status.text}</bdi>
              )}
              {status.expires_at !== undefined && <small>{untilWords(status.expires_at, now)}</small>}
            </span>
          </p>
        )}
        {user?.about !== undefined && user.about !== '' && (
          <p className="person-about" dir="auto">
            {user.about}
          </p>
        )}
        <Facts user={user} presence={presence} now={now} />
        {gone && <p className="person-fact">{i18n.t('This account is not in use any more.')}</p>}
        {!mine && <SharedRooms id={id} onClose={onClose} />}
      </div>
      <footer className="person-foot">
        {mine ? (
          <Link href={paths.settings()} className="btn btn-primary" onClick={onClose} data-autofocus>
            {i18n.t('Edit my profile')}
          </Link>
        ) : (
          <Ways id={id} name={name} blocked={blocked} onClose={onClose} />
        )}
      </footer>
    </Floating>
  );
}

/** Asks for what lists leave out. True: there is nobody of that id any more. */
function useWholeProfile(id: string): boolean {
  const chat = useChat();
  const [gone, setGone] = useState(false);
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /users/{user}', { params: { user: id }, signal: giveUp.signal }).then(
      (user) => chat.people.put([user]),
      (cause: unknown) => setGone(cause instanceof ApiError && cause.code === 'user_not_found'),
    );
    return () => giveUp.abort();
  }, [chat, id]);
  return gone;
}

const HERE = {
  online: /*i18n*/ { id: 'Here now' },
  away: /*i18n*/ { id: 'Away' },
  offline: /*i18n*/ { id: 'Not here' },
};

function Facts({ user, presence, now }: { user: User | undefined; presence: PresenceState; now: number }) {
  const chat = useChat();
  const seen = useStore(chat.presence.states).get(user?.id ?? '')?.last_seen;
  const there = user?.time_zone === undefined ? undefined : localTime(user.time_zone, now);
  const here =
    presence === 'offline' && seen !== undefined
      ? i18n.t('Last here {when}', { when: ago(seen, now) })
      : i18n.t(HERE[presence]);
  return (
    <ul className="person-facts">
      <li className="person-fact">
        <Icon name="eye" size={16} />
        {here}
      </li>
      {isQuiet(user, now) && (
        <li className="person-fact">
          <Icon name="moon" size={16} />
          {i18n.t('Not to be disturbed until {time}', { time: endWords(user?.dnd?.until ?? now, now) })}
        </li>
      )}
      {there !== undefined && (
        <li className="person-fact">
          <Icon name="clock" size={16} />
          {i18n.t('{time} local time, {difference}', { time: there.time, difference: there.apart })}
        </li>
      )}
    </ul>
  );
}

const SHOWN_ROOMS = 6;

function SharedRooms({ id, onClose }: { id: string; onClose: () => void }) {
  const chat = useChat();
  const mine = useStore(chat.list.rooms);
  const [ids, setIds] = useState<string[]>();
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /users/{user}/rooms', { params: { user: id }, signal: giveUp.signal }).then(
      (reply) => setIds(reply.rooms),
      () => {},
    );
    return () => giveUp.abort();
  }, [chat, id]);
  const rooms = (ids ?? []).flatMap((room): Room[] => {
    const known = mine.get(room);
    return known === undefined ? [] : [known];
  });
  if (rooms.length === 0) return null;
  return (
    <section className="person-rooms" aria-label={i18n.t('Rooms we share')}>
      <h3>{i18n.t('Rooms we share')}</h3>
      <p>
        {rooms.slice(0, SHOWN_ROOMS).map((room) => (
          <Link key={room.id} href={paths.room(room.id)} className="room-chip" onClick={onClose}>
            <Icon name={roomIcon(room)} size={14} />
            <bdi>{roomName(room)}</bdi>
          </Link>
        ))}
        {rooms.length > SHOWN_ROOMS && (
          <span className="person-fact">
            {i18n.t('{count, plural, one {and # more} other {and # more}}', { count: rooms.length - SHOWN_ROOMS })}
          </span>
        )}
      </p>
    </section>
  );
}

function Ways(props: { id: string; name: string; blocked: boolean; onClose: () => void }) {
  const { id, name, blocked, onClose } = props;
  const chat = useChat();
  const [asking, setAsking] = useState(false);
  const writing = useOpenRoom(onClose);
  const [error, setError] = useState<string>();
  const run = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
      setAsking(false);
      setError(undefined);
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
    }
  };
  const problem = error ?? writing.error?.message;
  return (
    <>
      {asking && (
        <p className="person-note">
          {i18n.t(
            '{name} can no longer write to you directly, and their messages in rooms are folded. They are not told.',
            { name },
          )}
        </p>
      )}
      {blocked && <p className="person-note">{i18n.t('You block {name}.', { name })}</p>}
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <div className="person-ways">
        {asking ? (
          <>
            <button type="button" className="btn btn-quiet" onClick={() => setAsking(false)}>
              {i18n.t('Cancel')}
            </button>
            <button type="button" className="btn btn-danger" onClick={() => void run(chat.account.block(id))}>
              {i18n.t('Block {name}', { name })}
            </button>
          </>
        ) : (
          <>
            {blocked ? (
              <button type="button" className="btn btn-quiet" onClick={() => void run(chat.account.unblock(id))}>
                {i18n.t('Unblock')}
              </button>
            ) : (
              <button type="button" className="btn btn-quiet" onClick={() => setAsking(true)}>
                {i18n.t('Block')}
              </button>
            )}
            <Button
              type="button"
              className="btn btn-primary"
              off={writing.busy}
              onClick={() => writing.open(() => chat.openDm(id))}
              data-autofocus
            >
              <Icon name="message" size={17} />
              {i18n.t({ id: 'message (verb)', message: 'Message', comment: 'A button: write to a person' })}
            </Button>
          </>
        )}
      </div>
    </>
  );
}
