import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiError } from '@/client/error';
import type { OutboxFile } from '@/client/outbox_store';
import { Empty } from '@/components/Empty';
import { ErrorBoundary } from '@/components/ErrorBoundary';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { plural } from '@/lib/text';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { noteRecent } from '@/state/recent';
import { openSearch } from '@/state/searching';
import { Composer, type ComposerHandle } from '../composer/Composer';
import { TypingLine } from '../composer/TypingLine';
import { MembersPanel } from '../members/MembersPanel';
import { DmTitle } from '../people/DmTitle';
import { usePins } from '../pins/usePins';
import { QuoteBar } from '../timeline/Quote';
import { Timeline, type TimelineHandle } from '../timeline/Timeline';
import { BackLink } from './BackLink';
import { ClosedNote } from './ClosedNote';
import { RoomMenu } from './RoomMenu';
import { RoomSign } from './RoomSign';
import { useClosed } from './useClosed';
import { useOpenRoom } from './useOpenRoom';

// What stands beside the timeline is fetched when it is opened first, as is what else can wait.
const NotifyButton = lazy(async () => ({ default: (await import('../notifications/NotifyButton')).NotifyButton }));
const GalleryPanel = lazy(async () => ({ default: (await import('../gallery/GalleryPanel')).GalleryPanel }));
const PinsPanel = lazy(async () => ({ default: (await import('../pins/PinsPanel')).PinsPanel }));
const ThreadPanel = lazy(async () => ({ default: (await import('../threads/ThreadPanel')).ThreadPanel }));

const NARROW = '(max-width: 1099.98px)';

type Beside = 'pins' | 'files' | 'members';

interface Props {
  id: string;
  target: number | undefined;
  /** The root of the thread that is open beside the timeline. */
  thread: number | undefined;
  members: boolean;
  onMembers: (open: boolean) => void;
}

export function RoomScreen({ id, ...props }: Props) {
  const chat = useChat();
  const room = useStore(chat.list.rooms).get(id);
  const loaded = useStore(chat.list.loaded);
  if (room !== undefined) {
    return <OwnRoom key={id} room={room} {...props} />;
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

function OwnRoom({ room, target, thread, members, onMembers }: Omit<Props, 'id'> & { room: Room }) {
  const chat = useChat();
  const timeline = useRef<TimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [, go] = useLocation();
  const [quote, setQuote] = useState<Event>();
  const [beside, setBeside] = useState<'pins' | 'files'>();
  const closed = useClosed(room, 'send');
  const was_closed = useRef(false);
  if (closed !== undefined) was_closed.current = true;
  const pins = usePins(room);
  // A thread opens beside what was being read.
  const place = useRef(target);
  if (thread === undefined) place.current = target;
  const back = place.current === undefined ? paths.room(room.id) : paths.message(room.id, place.current);
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
  const jump = (seq: number): void => {
    // On a phone the panel lies above the room.
    if (matchMedia(NARROW).matches) {
      setBeside(undefined);
      if (thread !== undefined) go(back);
    }
    timeline.current?.jump(seq);
  };
  const show = (panel: Beside, on: boolean): void => {
    if (thread !== undefined) go(back);
    setBeside(on && panel !== 'members' ? panel : undefined);
    if (panel === 'members') onMembers(on);
  };
  const send = (body: string, files?: readonly OutboxFile[]): void => {
    chat.send(room.id, body, {
      ...(quote === undefined ? {} : { quote: quote.seq }),
      ...(files === undefined ? {} : { files }),
    });
    setQuote(undefined);
  };
  return (
    <>
      <main className="main">
        <RoomHeader
          room={room}
          shown={thread !== undefined ? undefined : (beside ?? (with_members ? 'members' : undefined))}
          onShow={show}
          pins={pins.events?.length ?? 0}
        />
        <ErrorBoundary>
          <Timeline
            ref={timeline}
            room={room}
            target={place.current}
            onReply={(event) => {
              setQuote(event);
              composer.current?.focus();
            }}
            onThread={(event) => go(paths.thread(room.id, event.seq))}
            onWrite={() => composer.current?.focus()}
          />
        </ErrorBoundary>
        <TypingLine room={room.id} />
        {closed !== undefined ? (
          <ClosedNote closed={closed} />
        ) : (
          <Composer
            ref={composer}
            room={room}
            returned={was_closed.current}
            send={send}
            place={quote === undefined ? {} : { quote: quote.seq }}
            onKept={() => setQuote(undefined)}
            onSent={() => timeline.current?.toEnd()}
            onUp={() => timeline.current?.editLast()}
            onEscape={quote === undefined ? undefined : () => setQuote(undefined)}
            above={quote === undefined ? undefined : <QuoteBar message={quote} onClose={() => setQuote(undefined)} />}
          />
        )}
      </main>
      <Suspense>
        {thread !== undefined ? (
          <ThreadPanel key={thread} room={room} root={thread} onClose={() => go(back)} onJump={jump} />
        ) : beside === 'pins' ? (
          <PinsPanel pins={pins} onJump={jump} onClose={() => setBeside(undefined)} />
        ) : beside === 'files' ? (
          <GalleryPanel
            room={room}
            onJump={(seq, about) => (about === undefined ? jump(seq) : go(paths.thread(room.id, about)))}
            onClose={() => setBeside(undefined)}
          />
        ) : (
          with_members && <MembersPanel room={room} onClose={() => onMembers(false)} />
        )}
      </Suspense>
    </>
  );
}

/** A key that writes, pressed where nothing takes it: it is meant for the composer. */
function writesText(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === ' ') return false;
  const focus = document.activeElement;
  return focus === null || focus === document.body || focus.classList.contains('timeline');
}

function RoomHeader(props: {
  room: Room;
  /** What stands beside the room. */
  shown: Beside | undefined;
  onShow: (beside: Beside, on: boolean) => void;
  /** How many messages are pinned. */
  pins: number;
}) {
  const { room, shown, onShow, pins } = props;
  const toggle = (beside: Beside, more = '') => ({
    className: `btn-icon ${shown === beside ? 'is-on' : more}`,
    'aria-pressed': shown === beside,
    onClick: () => onShow(beside, shown !== beside),
  });
  return (
    <header className="top">
      <BackLink />
      {room.kind === 'dm' ? <DmTitle room={room} /> : <RoomTitle room={room} />}
      <div className="top-tools">
        <button
          type="button"
          className="btn-icon"
          aria-label="Search messages"
          title="Search messages"
          onClick={() => openSearch({ room: room.id })}
        >
          <Icon name="search" />
        </button>
        <button
          type="button"
          {...toggle('pins', pins === 0 ? 'top-empty' : '')}
          aria-label={`Pinned messages, ${pins}`}
          title={pins === 0 ? 'Nothing is pinned' : plural(pins, 'pinned message', 'pinned messages')}
        >
          <Icon name="pin" />
          {pins > 0 && <span className="btn-icon-note">{pins}</span>}
        </button>
        <button type="button" {...toggle('files')} aria-label="Files of this room" title="Files">
          <Icon name="files" />
        </button>
        {room.kind !== 'dm' && (
          <button
            type="button"
            {...toggle('members')}
            aria-label={`Members, ${room.member_count}`}
            title={plural(room.member_count, 'member', 'members')}
          >
            <Icon name="people" />
            <span className="btn-icon-note">{room.member_count.toLocaleString()}</span>
          </button>
        )}
        <Suspense fallback={<span className="btn-icon top-notify" />}>
          <NotifyButton room={room} />
        </Suspense>
        <RoomMenu room={room} />
      </div>
    </header>
  );
}

function RoomTitle({ room }: { room: Room }) {
  return (
    <>
      <h1>
        <RoomSign room={room} size={18} className="top-sign" />
        <bdi>{roomName(room)}</bdi>
      </h1>
      <p title={room.topic}>{room.topic}</p>
    </>
  );
}

/** A room I am not in: one that can be joined says so, any other is not there. */
function OtherRoom({ id }: { id: string }) {
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
        <Empty title="The room could not be loaded.">
          <button
            type="button"
            className="btn btn-quiet"
            onClick={() => {
              setFailed(undefined);
              setTries(tries + 1);
            }}
          >
            Try again
          </button>
        </Empty>
      )}
      {failed === 'missing' && (
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
