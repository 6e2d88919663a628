import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type ReactNode, useEffect, useState } from 'react';
import { isSaid } from '@/client/message_state';
import { Button } from '@/components/Button';
import { Icon, type IconName } from '@/components/Icon';
import type { Room, User } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomLabel } from '@/state/names';
import { greeted } from '@/state/newcomer';
import { useServer } from '@/state/server';
import { PersonAvatar } from '../people/Signs';
import { MadeLink } from '../rooms/inviteLink';
import { useOpenRoom } from '../rooms/useOpenRoom';
import { usePeopleSearch } from '../rooms/usePeopleSearch';
import { usePresence } from '../rooms/usePresence';
import { useInvitation } from './useInvitation';
import './welcome.css';

const PEOPLE = 5;
const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

interface Props {
  room: Room | undefined;
  onWrite: () => void;
}

/** Three ways to somebody to talk to, and where everything else is found. They go by an act of the newcomer alone, and are
 *  over when something was said that somebody can read. */
export function Steps({ room, onWrite }: Props) {
  const { account, me } = useChat();
  const [invited, setInvited] = useState(false);
  const said = useSaid((room?.member_count ?? 0) <= 1 && !invited);
  const admin = useStore(account.me)?.admin === true;
  const registration = useServer()?.registration;
  if (room?.kind === 'dm') return null;
  return (
    <section aria-label={i18n.t('First steps')}>
      <div className="welcome-head">
        <h2>{i18n.t('Good to see you, {name}.', { name: me.display_name })}</h2>
        <button
          type="button"
          className="btn-icon btn-icon-s"
          aria-label={i18n.t('Dismiss')}
          title={i18n.t('Dismiss')}
          onClick={greeted}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <ul>
        {room !== undefined && (
          <Step icon={said ? 'check' : 'message'} title={i18n.t('Say hello in {room}', { room: roomLabel(room) })}>
            <button type="button" className="btn btn-quiet" onClick={onWrite}>
              {i18n.t({ id: 'Write', comment: 'Button: a message to somebody' })}
            </button>
          </Step>
        )}
        {(registration === 'open' || (registration === 'invite' && admin)) && (
          <Step icon={invited ? 'check' : 'add_person'} title={i18n.t('Invite somebody')}>
            <Invite onInvited={() => setInvited(true)} />
          </Step>
        )}
        <Step icon="people" title={i18n.t('Write to somebody')}>
          <Here />
        </Step>
      </ul>
      <p className="welcome-tip">
        <Trans
          id="Find anything with <0>{keys}</0>. All shortcuts: <1>?</1>"
          values={{ keys: APPLE ? '⌘ K' : i18n.t('Ctrl K') }}
          components={{ 0: <kbd />, 1: <kbd /> }}
        />
      </p>
    </section>
  );
}

/** Whether they have spoken where nobody hears it yet; otherwise that ends it. */
function useSaid(alone: boolean): boolean {
  const chat = useChat();
  const [said, setSaid] = useState(false);
  useEffect(() => {
    const stop = chat.events.on('heard', (events) => {
      if (!events.some((event) => event.sender === chat.me.id && isSaid(event))) return;
      if (alone) setSaid(true);
      else greeted();
    });
    return () => void stop();
  }, [chat, alone]);
  return said;
}

function Step({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <li className={icon === 'check' ? 'is-done' : undefined}>
      <p>
        <Icon name={icon} size={17} />
        <bdi>{title}</bdi>
      </p>
      {children}
    </li>
  );
}

/** Who has made an account since this is shown, the last one first: perhaps whom it was that they invited. */
function useCame(): readonly User[] {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const [ids, setIds] = useState<readonly string[]>([]);
  useEffect(() => {
    const stop = chat.events.on('heard', (events) => {
      const came = events.filter((event) => event.type === 'joined').map((event) => event.sender);
      if (came.length === 0) return;
      chat.people.need(came);
      setIds((before) => [...new Set([...came.reverse(), ...before])].slice(0, PEOPLE));
    });
    return () => void stop();
  }, [chat]);
  return ids.map((id) => users.get(id)).filter((user) => user !== undefined);
}

/** One press makes the link and copies it; where the browser lets nothing be copied, it is shown. */
function Invite({ onInvited }: { onInvited: () => void }) {
  const { make, link, copied, setCopied, busy, error } = useInvitation(onInvited);
  if (link !== undefined && !copied) return <MadeLink link={link} copied={copied} onCopied={setCopied} />;
  return (
    <>
      <Button type="button" className="btn btn-quiet" off={busy} onClick={make}>
        <Icon name={copied ? 'check' : 'link'} size={17} />
        {copied ? i18n.t('Copied') : i18n.t('Copy invite link')}
      </Button>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </>
  );
}

/** Who has written to me already. */
function useWriters(): readonly User[] {
  const rooms = useStore(useChat().list.rooms);
  return [...rooms.values()].flatMap(({ kind, peer }) => (kind === 'dm' && peer !== undefined ? [peer] : []));
}

/** Who has written to me is first, then who came meanwhile, then those who are there now. */
function Here() {
  const chat = useChat();
  const wrote = useWriters();
  const came = useCame();
  const found = usePeopleSearch('');
  const others = (found.users ?? []).filter((user) => user.bot !== true);
  const all = new Map([...others, ...came, ...wrote].map((user) => [user.id, user]));
  all.delete(chat.me.id);
  const known = [...all.values()];
  const presence = usePresence(known.map((user) => user.id));
  const { open, busy, error } = useOpenRoom(() => {});
  const rank = (user: User): number =>
    wrote.includes(user) ? 3 : came.includes(user) ? 2 : Number(presence(user.id) === 'online');
  const people = known.sort((a, b) => rank(b) - rank(a)).slice(0, PEOPLE);
  const problem = error?.message ?? found.error;
  return (
    <div className="welcome-people">
      {people.map((user) => (
        <Button
          type="button"
          key={user.id}
          off={busy}
          title={i18n.t('Write to {person}', { person: user.display_name })}
          onClick={() => open(() => chat.openDm(user.id))}
        >
          <span className="visually-hidden">{i18n.t('Write to {person}', { person: user.display_name })}</span>
          <PersonAvatar id={user.id} name={user.display_name} presence={presence(user.id)} />
        </Button>
      ))}
      {found.users !== undefined && people.length === 0 && <small>{i18n.t('Nobody else is here yet.')}</small>}
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
