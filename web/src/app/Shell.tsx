import { i18n } from '@lingui/core';
import { Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { wakeSocket } from '@/client/wake';
import { Empty } from '@/components/Empty';
import { ErrorBoundary } from '@/components/ErrorBoundary';
import { PersonCards } from '@/features/people/PersonCard';
import { RoomScreen } from '@/features/rooms/RoomScreen';
import { type Sheet, Sidebar } from '@/features/rooms/Sidebar';
import { SearchPlace } from '@/features/search/SearchPlace';
import { FirstSteps } from '@/features/welcome/FirstSteps';
import { late, lateIfAny } from '@/lib/late';
import { paths, patterns, roomAt } from '@/lib/paths';
import { fetchWaiting, painted, settled, soon } from '@/lib/soon';
import { storage } from '@/lib/storage';
import { idle } from '@/state/attention';
import { useChat, useStore } from '@/state/context';
import { early } from '@/state/early_news';
import { recentRooms } from '@/state/recent';
import { useMedia } from './useMedia';

const Screens = soon(async () => (await import('./Screens')).Screens, Waiting);
const Sheets = soon(async () => (await import('./Sheets')).Sheets);
const Reminders = late(async () => (await import('@/features/later/parts')).Reminders);
// Each goes on without the others; Notifications are the title and the sign of the page, too.
const Beside = lateIfAny(async () => (await import('./Beside')).Beside);
const Notifications = lateIfAny(async () => (await import('@/features/notifications/Notifications')).Notifications);

/** A server that does not say which rooms there are is told of all the same. */
const PATIENCE_MS = 5_000;
const MEMBERS_KEY = 'parley.members';
const PHONE = '(max-width: 719.98px)';
const WIDE = '(min-width: 1100px)';

/** The app of a logged-in person: rooms on the left, one of them beside. On a phone one of the two at a time. */
export function Shell() {
  const [location] = useLocation();
  const [sheet, setSheet] = useState<Sheet>();
  const [members, setMembers] = useMembersPanel();
  const current = roomAt(location);
  useShortcuts(setSheet);
  usePageLife();
  const rest = useStore(settled);
  const phone = useMedia(PHONE);
  const panel = { members, onMembers: setMembers };
  return (
    <PersonCards>
      <div className={location === paths.home ? 'app is-home' : 'app'} data-panel={members}>
        <Sidebar current={current} onOpen={setSheet} phone={phone} />
        <ErrorBoundary key={current}>
          <Switch>
            <Route path={patterns.message}>
              {({ room, seq }) => <RoomScreen id={room} target={Number(seq)} thread={undefined} {...panel} />}
            </Route>
            <Route path={patterns.thread}>
              {({ room, seq }) => <RoomScreen id={room} target={undefined} thread={Number(seq)} {...panel} />}
            </Route>
            <Route path={patterns.room}>
              {({ room }) => <RoomScreen id={room} target={undefined} thread={undefined} {...panel} />}
            </Route>
            <Route path={paths.home}>
              <Home />
            </Route>
            <Route>
              <Screens />
            </Route>
          </Switch>
        </ErrorBoundary>
        <SearchPlace current={current} />
        {rest && (
          <>
            <Suspense>
              <Beside current={current} />
            </Suspense>
            <Suspense>
              <Reminders />
              <Notifications />
            </Suspense>
          </>
        )}
        {sheet !== undefined && <Sheets sheet={sheet} onOpen={setSheet} />}
      </div>
    </PersonCards>
  );
}

/** In place of a screen whose code is on its way. */
function Waiting() {
  return (
    <main className="main" aria-busy="true">
      <div className="top" />
    </main>
  );
}

/** Without a room in the address: on a phone the list is the home; elsewhere the last room is. */
function Home() {
  const [, go] = useLocation();
  const chat = useChat();
  const rooms = useStore(chat.list.rooms);
  const loaded = useStore(chat.list.loaded);
  const phone = useMedia(PHONE);
  const last = recentRooms(chat.me.id).find((id) => rooms.has(id));
  const general = [...rooms.values()]
    .sort((a, b) => Number(a.id) - Number(b.id))
    .find((room) => room.kind === 'public');
  const goal = last ?? general?.id;
  if (phone) return <FirstSteps room={general} onWrite={() => general && go(paths.room(general.id))} />;
  if (goal !== undefined) return <Redirect to={paths.room(goal)} replace />;
  return (
    <main className="main">
      <header className="top" />
      {loaded && (
        <Empty icon="message" title={i18n.t('Good to see you, {name}.', { name: chat.me.display_name })}>
          <p>{i18n.t('Make a room, browse those that are there, or write to somebody: it is all on the left.')}</p>
        </Empty>
      )}
      {loaded && <FirstSteps room={undefined} onWrite={() => {}} />}
    </main>
  );
}

/** Open on wide screens from the start, as it was left afterwards. */
function useMembersPanel(): [boolean, (open: boolean) => void] {
  const wide = useMedia(WIDE);
  const [kept, setKept] = useState(() => storage.getItem(MEMBERS_KEY) === '1');
  const [slid, setSlid] = useState(false);
  const set = (open: boolean): void => {
    if (!wide) return setSlid(open);
    setKept(open);
    storage.setItem(MEMBERS_KEY, open ? '1' : '0');
  };
  return [wide ? kept : slid, set];
}

function useShortcuts(open: (sheet: Sheet) => void): void {
  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k')
        return;
      event.preventDefault();
      open('switcher');
    };
    addEventListener('keydown', keyDown);
    return () => removeEventListener('keydown', keyDown);
  }, [open]);
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    // Nobody needs the others before the page is there.
    const keyboard = painted().then(() => import('@/features/keys/keyboard'));
    void keyboard.then(
      ({ watchKeys }) => {
        if (!gone) stop = watchKeys(() => open('keys'));
      },
      () => {},
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [open]);
}

function usePageLife(): void {
  const chat = useChat();
  const away = useStore(idle);
  const loaded = useStore(chat.list.loaded);
  useEffect(() => wakeSocket(chat.socket, window), [chat]);
  useEffect(() => chat.events.on('fresh', (events) => early.news?.push(...events)), [chat]);
  // Soon, because what it is for is a time when nothing can be fetched.
  useEffect(() => {
    const behind = painted().then(() => import('./behindPaint'));
    void behind.then(
      ({ beginBehindPaint }) => beginBehindPaint(chat),
      () => {},
    );
  }, [chat]);
  useEffect(() => {
    if (loaded) return fetchWaiting();
    const timer = setTimeout(fetchWaiting, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [loaded]);
  useEffect(() => chat.setOwnState(away ? 'away' : 'online'), [chat, away]);
}
