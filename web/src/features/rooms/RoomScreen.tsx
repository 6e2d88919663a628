import { i18n } from '@lingui/core';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { OutboxFile } from '@/client/outbox_store';
import { ErrorBoundary } from '@/components/ErrorBoundary';
import { Icon, lateIcons } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { late } from '@/lib/late';
import { paths } from '@/lib/paths';
import { settled, soon } from '@/lib/soon';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { noteRecent } from '@/state/recent';
import { closeSearch, openSearch, searching } from '@/state/searching';
import type { ComposerHandle } from '../composer/Composer';
import { EarlyComposer, wordIsDone } from '../composer/EarlyComposer';
import { TypingLine } from '../composer/TypingLine';
import { DmTitle } from '../people/DmTitle';
import { usePins } from '../pins/usePins';
import { QuoteBar } from '../timeline/Quote';
import { Timeline, type TimelineHandle } from '../timeline/Timeline';
import { FirstSteps } from '../welcome/FirstSteps';
import { BackLink } from './BackLink';
import { ClosedNote } from './ClosedNote';
import { RoomMenu } from './RoomMenu';
import { RoomTitle } from './RoomTitle';
import { useClosed } from './useClosed';

// What stands beside the timeline is fetched when it is opened first, as is what else can wait.
const Composer = soon(async () => {
  const [{ Composer }] = await Promise.all([import('../composer/Composer'), lateIcons.get()]);
  await wordIsDone();
  return Composer;
}, EarlyComposer);
const MembersPanel = soon(
  async () => (await import('../opened')).MembersPanel,
  () => (
    <aside className="panel" aria-busy="true">
      <div className="top" />
    </aside>
  ),
);
const OtherRoom = late(async () => (await import('./OtherRoom')).OtherRoom);
const NotifyButton = late(async () => (await import('../notifications/NotifyButton')).NotifyButton);
const GalleryPanel = late(async () => (await import('../gallery/GalleryPanel')).GalleryPanel);
const PinsPanel = late(async () => (await import('../pins/PinsPanel')).PinsPanel);
const ThreadPanel = late(async () => (await import('../threads/ThreadPanel')).ThreadPanel);

const NOTIFY_PLACE = <span className="btn-icon top-notify" />;

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
  const waiting = (
    <main className="main">
      <div className="top" />
      <SkeletonRows count={7} tall />
    </main>
  );
  return <Suspense fallback={waiting}>{loaded ? <OtherRoom key={id} id={id} /> : waiting}</Suspense>;
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
    closeSearch();
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
        <FirstSteps room={room} onWrite={() => composer.current?.focus()} />
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
  const { room, onShow, pins } = props;
  const rest = useStore(settled);
  // It takes the place of whatever else is open.
  const searches = useStore(searching) !== undefined;
  const shown = searches ? undefined : props.shown;
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
          className={searches ? 'btn-icon is-on' : 'btn-icon'}
          aria-label={i18n.t('Search messages')}
          title={i18n.t('Search messages')}
          aria-pressed={searches}
          onClick={() => (searches ? closeSearch() : openSearch({ room: room.id }))}
        >
          <Icon name="search" />
        </button>
        <button
          type="button"
          {...toggle('pins', pins === 0 ? 'top-empty' : '')}
          aria-label={i18n.t('Pinned messages, {count}', { count: pins })}
          title={
            pins === 0
              ? i18n.t('Nothing is pinned')
              : i18n.t('{count, plural, one {# pinned message} other {# pinned messages}}', { count: pins })
          }
        >
          <Icon name="pin" />
          {pins > 0 && <span className="btn-icon-note">{i18n.number(pins)}</span>}
        </button>
        <button type="button" {...toggle('files')} aria-label={i18n.t('Files of this room')} title={i18n.t('Files')}>
          <Icon name="files" />
        </button>
        {room.kind !== 'dm' && (
          <button
            type="button"
            {...toggle('members')}
            aria-label={i18n.t('Members, {count}', { count: room.member_count })}
            title={i18n.t('{count, plural, one {# member} other {# members}}', { count: room.member_count })}
          >
            <Icon name="people" />
            <span className="btn-icon-note">{i18n.number(room.member_count)}</span>
          </button>
        )}
        <Suspense fallback={NOTIFY_PLACE}>{rest ? <NotifyButton room={room} /> : NOTIFY_PLACE}</Suspense>
        <RoomMenu room={room} />
      </div>
    </header>
  );
}
