import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { Avatar } from '@/components/Avatar';
import { Empty } from '@/components/Empty';
import { ErrorBoundary } from '@/components/ErrorBoundary';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { plural } from '@/lib/text';
import { ago } from '@/lib/time';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { noteRecent } from '@/state/recent';
import { Composer, type ComposerHandle } from '../composer/Composer';
import { TypingLine } from '../composer/TypingLine';
import { MembersPanel } from '../members/MembersPanel';
import { Timeline, type TimelineHandle } from '../timeline/Timeline';
import { useOpenRoom } from './useOpenRoom';
import { usePresence } from './usePresence';

interface Props {
  id: string;
  target: number | undefined;
  members: boolean;
  onMembers: (open: boolean) => void;
}

export function RoomScreen({ id, target, members, onMembers }: Props) {
  const chat = useChat();
  const room = useStore(chat.list.rooms).get(id);
  const loaded = useStore(chat.list.loaded);
  if (room !== undefined) {
    return <OwnRoom key={id} room={room} target={target} members={members} onMembers={onMembers} />;
  }
  return loaded ? (
    <OtherRoom key={id} id={id} />
  ) : (
    <main className="main">
      <div className="top" />
      <SkeletonRows count={7} tall />
    </main>
  );
}

function OwnRoom({ room, target, members, onMembers }: Omit<Props, 'id'> & { room: Room }) {
  const chat = useChat();
  const timeline = useRef<TimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  useEffect(() => noteRecent(chat.me.id, room.id), [chat, room.id]);
  useEffect(() => () => chat.activate(undefined), [chat]);
  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      if (writesText(event)) composer.current?.focus();
    };
    addEventListener('keydown', keyDown);
    return () => removeEventListener('keydown', keyDown);
  }, []);
  const with_members = members && room.kind !== 'dm';
  return (
    <>
      <main className="main">
        <RoomHeader room={room} members={with_members} onMembers={onMembers} />
        <ErrorBoundary>
          <Timeline ref={timeline} room={room} target={target} />
        </ErrorBoundary>
        <TypingLine room={room.id} />
        <Composer ref={composer} room={room} onSent={() => timeline.current?.toEnd()} />
      </main>
      {with_members && <MembersPanel room={room} onClose={() => onMembers(false)} />}
    </>
  );
}

/** A key that writes, pressed where nothing takes it: it is meant for the composer. */
function writesText(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === ' ') return false;
  const focus = document.activeElement;
  return focus === null || focus === document.body || focus.classList.contains('timeline');
}

function RoomHeader({
  room,
  members,
  onMembers,
}: {
  room: Room;
  members: boolean;
  onMembers: (open: boolean) => void;
}) {
  return (
    <header className="top">
      <BackLink />
      {room.kind === 'dm' ? <DmTitle room={room} /> : <RoomTitle room={room} />}
      <div className="top-tools">
        {room.kind !== 'dm' && (
          <button
            type="button"
            className={members ? 'btn-icon is-on' : 'btn-icon'}
            aria-pressed={members}
            aria-label={`Members, ${room.member_count}`}
            title={plural(room.member_count, 'member', 'members')}
            onClick={() => onMembers(!members)}
          >
            <Icon name="people" />
            <span className="btn-icon-note">{room.member_count.toLocaleString()}</span>
          </button>
        )}
      </div>
    </header>
  );
}

function BackLink() {
  return (
    <Link href={paths.home} className="btn-icon top-back" aria-label="Back to all rooms">
      <Icon name="back" />
    </Link>
  );
}

function RoomTitle({ room }: { room: Room }) {
  return (
    <>
      <h1>
        <Icon name={room.kind === 'public' ? 'hash' : 'lock'} size={18} />
        <bdi>{roomName(room)}</bdi>
      </h1>
      <p title={room.topic}>{room.topic}</p>
    </>
  );
}

function DmTitle({ room }: { room: Room }) {
  const chat = useChat();
  const peer = room.peer ?? chat.me;
  const presence = usePresence([peer.id])(peer.id);
  const seen = useStore(chat.presence.states).get(peer.id)?.last_seen;
  const words = {
    online: 'here now',
    away: 'away',
    offline: seen === undefined ? 'not here' : `last here ${ago(seen, Date.now())}`,
  };
  return (
    <>
      <Avatar id={peer.id} name={peer.display_name} size="s" presence={presence} />
      <h1>
        <bdi>{roomName(room)}</bdi>
      </h1>
      <p>{words[presence]}</p>
    </>
  );
}

/** A room I am not in: one that can be joined says so, any other is not there. */
function OtherRoom({ id }: { id: string }) {
  const chat = useChat();
  const [room, setRoom] = useState<Room>();
  const [missing, setMissing] = useState(false);
  const joining = useOpenRoom(() => {});
  useEffect(() => {
    let gone = false;
    const ask = async (): Promise<void> => {
      try {
        const found = await chat.api.call('GET /rooms/{room}', { params: { room: id } });
        if (gone) return;
        if (found.role !== undefined) chat.refreshList();
        setRoom(found);
      } catch {
        if (!gone) setMissing(true);
      }
    };
    void ask();
    return () => {
      gone = true;
    };
  }, [chat, id]);
  return (
    <main className="main">
      <header className="top">
        <BackLink />
        {room !== undefined && <RoomTitle room={room} />}
      </header>
      {missing && (
        <Empty icon="compass" title="There is no such room, or it is not open to you.">
          <p>If somebody sent you here, ask them to add you.</p>
          <Link href={paths.home} className="btn btn-primary">
            Back to my rooms
          </Link>
        </Empty>
      )}
      {room !== undefined && (
        <Empty icon="hash" title={`You are not in ${roomName(room)}.`}>
          <p>{plural(room.member_count, 'person is', 'people are')} in it.</p>
          {joining.error !== undefined && (
            <p className="field-error" role="alert">
              {joining.error.message}
            </p>
          )}
          <button
            type="button"
            className="btn btn-primary"
            disabled={joining.busy}
            onClick={() => joining.open(() => chat.join(id))}
          >
            Join
          </button>
        </Empty>
      )}
    </main>
  );
}
