import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type ReactNode, type RefObject, useMemo, useRef, useState } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { calls } from '@/client/room_list';
import { unreadReplies } from '@/client/threads';
import { Icon, Mark } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { Lazy, useLazy } from '@/lib/lazy';
import { paths, patterns } from '@/lib/paths';
import type { Room, User } from '@/protocol/ops.gen';
import { useChat, useSession, useStore } from '@/state/context';
import { isHushed } from '@/state/notify';
import { ActivityLink } from '../activity/ActivityLink';
import { ConnectionSign } from '../connection/ConnectionSign';
import { InboxLink } from '../inbox/InboxLink';
import { PersonAvatar, StatusSign } from '../people/Signs';
import { useClock } from '../people/usePerson';
import { AccountMenu } from '../settings/AccountMenu';
import { badgeNumber, HIDDEN, NewDot } from './badge';
import { RoomRow } from './RoomRow';
import { RoomRows } from './RoomRows';
import { SideLink } from './SideLink';
import { NameOrder, sectionsOf } from './sections';
import { useFolded } from './useFolded';
import { useOpenRoom } from './useOpenRoom';
import { usePeopleSearch } from './usePeopleSearch';
import { usePresence } from './usePresence';

export type Sheet = 'keys' | 'switcher' | 'new_room' | 'browse' | 'new_message';

interface Props {
  current: string | undefined;
  onOpen: (sheet: Sheet) => void;
  /** It is the whole screen: rooms have a second line. */
  phone: boolean;
}

const lastLine = new Lazy(async () => (await import('./LastLine')).LastLine);
const Coming = () => null;
const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** People one has not written to yet are offered while there are few to choose from. */
const OFFERED = 8;

export function Sidebar({ current, onOpen, phone }: Props) {
  const { chat, drafts } = useSession();
  const rooms = useStore(chat.list.rooms);
  const loaded = useStore(chat.list.loaded);
  const list_error = useStore(chat.list_error);
  const written = useStore(drafts.rooms);
  const [order] = useState(() => new NameOrder());
  const { own, channels, dms, archived } = useMemo(() => sectionsOf(order.sort(rooms)), [order, rooms]);
  const own_dms = useMemo(() => [...rooms.values()].filter((room) => room.kind === 'dm'), [rooms]);
  const groups = useMemo(() => [...rooms.values()].filter((room) => room.kind !== 'dm'), [rooms]);
  const others = useOthers(groups, own_dms, chat.me.id);
  const presence = usePresence([...own_dms.flatMap((room) => room.peer?.id ?? []), ...others.map((user) => user.id)]);
  const here_first = [...others].sort(
    (a, b) => Number(presence(b.id) === 'online') - Number(presence(a.id) === 'online'),
  );
  const offered = here_first.slice(0, Math.max(0, OFFERED - dms.length));
  const { open, error } = useOpenRoom(() => {});
  const scroller = useRef<HTMLDivElement>(null);
  const [on_people] = useRoute(patterns.people);
  const there = useLazy(lastLine, phone);
  const Last = phone ? (there ?? Coming) : undefined;
  const link = (room: Room): ReactNode => (
    <RoomRow
      key={room.id}
      room={room}
      on={room.id === current}
      draft={written.has(room.id)}
      presence={room.kind === 'dm' ? presence(room.peer?.id ?? chat.me.id) : undefined}
      Last={Last}
    />
  );

  return (
    <nav className="side" aria-label={i18n.t('Rooms and people')}>
      <div className="brand">
        <Mark />
        <span>parley</span>
        <ConnectionSign />
        <AccountMenu onKeys={() => onOpen('keys')} />
      </div>
      <button type="button" className="find" onClick={() => onOpen('switcher')}>
        <Icon name="search" size={17} />
        <span>{i18n.t('Find or jump to…')}</span>
        <kbd>{APPLE ? '⌘ K' : i18n.t('Ctrl K')}</kbd>
      </button>
      <div className="side-list" ref={scroller}>
        <InboxLink rooms={rooms} />
        <ThreadsLink />
        <ActivityLink />
        <LaterLink />
        <DraftsLink count={written.size} />
        {own.map((section) => (
          <Section
            key={section.key}
            id={section.key}
            title={section.title}
            rooms={section.rooms}
            link={link}
            scroller={scroller}
          />
        ))}
        <Section
          id="rooms"
          rooms={channels}
          link={link}
          scroller={scroller}
          title={i18n.t('Rooms')}
          add={i18n.t('New room')}
          onAdd={() => onOpen('new_room')}
        >
          {!loaded && <SkeletonRows count={4} />}
          {!loaded && list_error !== undefined && <p className="side-note">{list_error}</p>}
          {loaded && (
            <button type="button" className="side-row side-more" onClick={() => onOpen('browse')}>
              <span className="side-sign">
                <Icon name="compass" size={17} />
              </span>
              <span className="side-name">{i18n.t('Browse rooms')}</span>
            </button>
          )}
        </Section>
        <Section
          id="people"
          rooms={dms}
          link={link}
          scroller={scroller}
          title={i18n.t('People')}
          add={i18n.t('New message')}
          onAdd={() => onOpen('new_message')}
        >
          {!loaded && <SkeletonRows count={3} />}
          {offered.map((user) => (
            <button
              type="button"
              className="side-row"
              key={user.id}
              onClick={() => open(() => chat.openDm(user.id))}
              title={i18n.t('Write to {person}', { person: user.display_name })}
            >
              <PersonAvatar id={user.id} name={user.display_name} size="s" presence={presence(user.id)} />
              <bdi className="side-name">{user.display_name}</bdi>
              <StatusSign id={user.id} />
            </button>
          ))}
          {error !== undefined && (
            <p className="side-note" role="alert">
              {error.message}
            </p>
          )}
          {loaded && (
            <Link
              href={paths.people()}
              className={on_people ? 'side-row side-more is-on' : 'side-row side-more'}
              aria-current={on_people ? 'page' : undefined}
            >
              <span className="side-sign">
                <Icon name="people" size={17} />
              </span>
              <span className="side-name">{i18n.t({ id: 'Everybody (all people)', message: 'Everybody' })}</span>
            </Link>
          )}
        </Section>
        {archived.length > 0 && (
          <Section id="archived" title={i18n.t('Archived')} rooms={archived} link={link} scroller={scroller} folded />
        )}
      </div>
    </nav>
  );
}

interface SectionProps {
  /** What its folding is kept by. */
  id: string;
  title: string;
  rooms: readonly Room[];
  link: (room: Room) => ReactNode;
  scroller: RefObject<HTMLElement | null>;
  /** Folded until it is opened. */
  folded?: boolean;
  add?: string;
  onAdd?: () => void;
  children?: ReactNode;
}

/** Folded, it shows what is unread in it and the room that is open, nothing else. */
function Section({ id, title, rooms, link, scroller, folded: from_start = false, add, onAdd, children }: SectionProps) {
  const [folded, setFolded] = useFolded(id, from_start);
  const now = useClock();
  const shown = folded ? rooms.filter((room) => (isHushed(room, now) ? namesMe(room) : calls(room) > 0)) : rooms;
  return (
    <section className="side-section">
      <header>
        <h2>
          <button
            type="button"
            className={folded ? 'side-fold is-folded' : 'side-fold'}
            aria-expanded={!folded}
            onClick={() => setFolded(!folded)}
          >
            <bdi>{title}</bdi>
            <Icon name="fold" size={15} />
          </button>
        </h2>
        {onAdd !== undefined && (
          <button type="button" className="btn-icon btn-icon-s" aria-label={add} title={add} onClick={onAdd}>
            <Icon name="plus" size={16} />
          </button>
        )}
      </header>
      <RoomRows rooms={shown} row={link} scroller={scroller} />
      {!folded && children}
    </section>
  );
}

function namesMe(room: Room): boolean {
  return (room.mentions?.length ?? 0) > 0;
}

function ThreadsLink() {
  const [location] = useLocation();
  const unread = unreadReplies(useStore(useChat().conversation.threads.view));
  return (
    <SideLink href={paths.threads} on={location === paths.threads} icon="thread" name={i18n.t('Threads')}>
      {unread > 0 && (
        <NewDot>
          <Trans id="{count}<0> unread</0>" values={{ count: badgeNumber(unread) }} components={{ 0: <span /> }} />
        </NewDot>
      )}
    </SideLink>
  );
}

function LaterLink() {
  const [on] = useRoute(patterns.later);
  const due = useStore(useChat().conversation.later.due)?.length ?? 0;
  return (
    <SideLink href={paths.later()} on={on} icon="bookmark" name={i18n.t('Later')}>
      {due > 0 && (
        <span className="badge-count">
          <Trans id="{count}<0> due</0>" values={{ count: badgeNumber(due) }} components={HIDDEN} />
        </span>
      )}
    </SideLink>
  );
}

/** Only while there are any: most of the time there are none. */
function DraftsLink({ count }: { count: number }) {
  const [on] = useRoute(paths.drafts);
  if (count === 0 && !on) return null;
  return (
    <SideLink href={paths.drafts} on={on} icon="edit" name={i18n.t('Drafts')}>
      {count > 0 && <span className="side-draft">{i18n.number(count)}</span>}
    </SideLink>
  );
}

/** People I have not written to, newcomers too: the largest room grows with them. */
function useOthers(channels: readonly Room[], dms: readonly Room[], me: string): User[] {
  const { users } = usePeopleSearch('', Math.max(0, ...channels.map((room) => room.member_count)));
  const known = new Set([me, ...dms.flatMap((room) => room.peer?.id ?? [])]);
  return (users ?? []).filter((user) => !known.has(user.id) && user.bot !== true);
}
