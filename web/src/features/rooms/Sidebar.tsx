import { type ReactNode, useMemo } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { unreadOf } from '@/client/room_list';
import { unreadReplies } from '@/client/threads';
import { Icon, Mark } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import type { Room, User } from '@/protocol/ops.gen';
import { useChat, useSession, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { PersonAvatar, StatusSign } from '../people/Signs';
import { AccountMenu } from '../settings/AccountMenu';
import { useOpenRoom } from './useOpenRoom';
import { usePeopleSearch } from './usePeopleSearch';
import { usePresence } from './usePresence';

export type Sheet = 'switcher' | 'new_room' | 'browse' | 'find_person';

interface Props {
  current: string | undefined;
  onOpen: (sheet: Sheet) => void;
}

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** People one has not written to yet are offered while there are few to choose from. */
const OFFERED = 8;

export function Sidebar({ current, onOpen }: Props) {
  const { chat, drafts } = useSession();
  const rooms = useStore(chat.list.rooms);
  const loaded = useStore(chat.list.loaded);
  const list_error = useStore(chat.list_error);
  const written = useStore(drafts.rooms);
  const { channels, dms } = useMemo(() => sorted([...rooms.values()]), [rooms]);
  const others = useOthers(channels, dms, chat.me.id);
  const presence = usePresence([...dms.flatMap((room) => room.peer?.id ?? []), ...others.map((user) => user.id)]);
  const here_first = [...others].sort(
    (a, b) => Number(presence(b.id) === 'online') - Number(presence(a.id) === 'online'),
  );
  const offered = here_first.slice(0, Math.max(0, OFFERED - dms.length));
  const { open } = useOpenRoom(() => {});
  const [on_people] = useRoute(paths.people);

  return (
    <nav className="side" aria-label="Rooms and people">
      <div className="brand">
        <Mark />
        <span>parley</span>
        <AccountMenu />
      </div>
      <button type="button" className="find" onClick={() => onOpen('switcher')}>
        Find or jump to…<kbd>{APPLE ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <div className="side-list">
        <ThreadsLink />
        <Section title="Rooms" add="New room" onAdd={() => onOpen('new_room')}>
          {!loaded && <SkeletonRows count={4} />}
          {!loaded && list_error !== undefined && <p className="side-note">{list_error}</p>}
          {channels.map((room) => (
            <RoomLink key={room.id} room={room} on={room.id === current} draft={written.has(room.id)}>
              <span className="side-sign">
                <Icon name={room.kind === 'public' ? 'hash' : 'lock'} size={17} />
              </span>
            </RoomLink>
          ))}
          {loaded && (
            <button type="button" className="side-row side-more" onClick={() => onOpen('browse')}>
              <span className="side-sign">
                <Icon name="compass" size={17} />
              </span>
              <span className="side-name">Browse rooms</span>
            </button>
          )}
        </Section>
        <Section title="People" add="Find a person" onAdd={() => onOpen('find_person')}>
          {!loaded && <SkeletonRows count={3} />}
          {dms.map((room) => {
            const peer = room.peer ?? chat.me;
            return (
              <RoomLink key={room.id} room={room} on={room.id === current} draft={written.has(room.id)}>
                <PersonAvatar id={peer.id} name={peer.display_name} size="s" presence={presence(peer.id)} />
              </RoomLink>
            );
          })}
          {offered.map((user) => (
            <button
              type="button"
              className="side-row"
              key={user.id}
              onClick={() => open(() => chat.openDm(user.id))}
              title={`Write to ${user.display_name}`}
            >
              <PersonAvatar id={user.id} name={user.display_name} size="s" presence={presence(user.id)} />
              <bdi className="side-name">{user.display_name}</bdi>
              <StatusSign id={user.id} />
            </button>
          ))}
          {loaded && (
            <Link
              href={paths.people}
              className={on_people ? 'side-row side-more is-on' : 'side-row side-more'}
              aria-current={on_people ? 'page' : undefined}
            >
              <span className="side-sign">
                <Icon name="people" size={17} />
              </span>
              <span className="side-name">Everybody</span>
            </Link>
          )}
        </Section>
      </div>
    </nav>
  );
}

function Section(props: { title: string; add: string; onAdd: () => void; children: ReactNode }) {
  return (
    <section className="side-section">
      <header>
        <h2>{props.title}</h2>
        <button
          type="button"
          className="btn-icon btn-icon-s"
          aria-label={props.add}
          title={props.add}
          onClick={props.onAdd}
        >
          <Icon name="plus" size={16} />
        </button>
      </header>
      {props.children}
    </section>
  );
}

function ThreadsLink() {
  const [location] = useLocation();
  const unread = unreadReplies(useStore(useChat().conversation.threads.view));
  const on = location === paths.threads;
  const classes = ['side-row', 'side-row-first'];
  if (on) classes.push('is-on');
  if (unread > 0) classes.push('is-unread');
  return (
    <Link href={paths.threads} className={classes.join(' ')} aria-current={on ? 'page' : undefined}>
      <span className="side-sign">
        <Icon name="thread" size={17} />
      </span>
      <span className="side-name">Threads</span>
      {unread > 0 && (
        <span className="badge-count">
          {unread > 99 ? '99+' : unread}
          <span className="visually-hidden"> unread</span>
        </span>
      )}
    </Link>
  );
}

function RoomLink({ room, on, draft, children }: { room: Room; on: boolean; draft: boolean; children: ReactNode }) {
  const unread = unreadOf(room);
  const mentions = room.mentions?.length ?? 0;
  const classes = ['side-row'];
  if (on) classes.push('is-on');
  if (unread > 0 || mentions > 0) classes.push('is-unread');
  return (
    <Link href={paths.room(room.id)} className={classes.join(' ')} aria-current={on ? 'page' : undefined}>
      {children}
      <bdi className="side-name">{roomName(room)}</bdi>
      {room.peer !== undefined && <StatusSign id={room.peer.id} />}
      {draft && !on && unread === 0 && mentions === 0 && <span className="side-draft">draft</span>}
      {mentions > 0 && (
        <span className="badge-count badge-mention">
          @{mentions > 99 ? '99+' : mentions}
          <span className="visually-hidden"> {mentions === 1 ? 'mention' : 'mentions'}</span>
        </span>
      )}
      {unread > 0 && (
        <span className="badge-count">
          {unread > 99 ? '99+' : unread}
          <span className="visually-hidden"> unread</span>
        </span>
      )}
    </Link>
  );
}

/** Rooms by name, people by who wrote last. */
function sorted(rooms: Room[]): { channels: Room[]; dms: Room[] } {
  const channels = rooms.filter((room) => room.kind !== 'dm');
  const dms = rooms.filter((room) => room.kind === 'dm');
  channels.sort((a, b) => roomName(a).localeCompare(roomName(b)));
  dms.sort((a, b) => (b.last?.ts ?? b.created_at) - (a.last?.ts ?? a.created_at));
  return { channels, dms };
}

/** People I have not written to, newcomers too: the largest room grows with them. */
function useOthers(channels: readonly Room[], dms: readonly Room[], me: string): User[] {
  const { users } = usePeopleSearch('', Math.max(0, ...channels.map((room) => room.member_count)));
  const known = new Set([me, ...dms.flatMap((room) => room.peer?.id ?? [])]);
  return (users ?? []).filter((user) => !known.has(user.id));
}
