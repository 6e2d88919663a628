import { lazy, Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { wakeSocket } from '@/client/wake';
import { Empty } from '@/components/Empty';
import { ErrorBoundary } from '@/components/ErrorBoundary';
import { PersonCards } from '@/features/people/PersonCard';
import { RoomScreen } from '@/features/rooms/RoomScreen';
import { type Sheet, Sidebar } from '@/features/rooms/Sidebar';
import { SearchPlace } from '@/features/search/SearchPlace';
import { Switcher } from '@/features/switcher/Switcher';
import { paths, patterns } from '@/lib/paths';
import { storage } from '@/lib/storage';
import { idle } from '@/state/attention';
import { useChat, useStore } from '@/state/context';
import { recentRooms } from '@/state/recent';
import { Announcer } from './Announcer';
import { ConnectionBanner } from './ConnectionBanner';
import { Notice } from './Notice';
import { useMedia } from './useMedia';

const LaterScreen = lazy(async () => ({
  default: (await import('@/features/later/parts')).LaterScreen,
}));
const Reminders = lazy(async () => ({ default: (await import('@/features/later/parts')).Reminders }));
const DraftsScreen = lazy(async () => ({
  default: (await import('@/features/drafts/DraftsScreen')).DraftsScreen,
}));
const NewMessage = lazy(async () => ({ default: (await import('@/features/rooms/NewMessage')).NewMessage }));
const NewRoom = lazy(async () => ({ default: (await import('@/features/rooms/NewRoom')).NewRoom }));
// Title and sign of the page, too. Without them all else goes on.
const Notifications = lazy(() =>
  import('@/features/notifications/Notifications').then(
    (module) => ({ default: module.Notifications }),
    () => ({ default: () => null }),
  ),
);
const PeopleScreen = lazy(async () => ({
  default: (await import('@/features/people/PeopleScreen')).PeopleScreen,
}));
const SettingsScreen = lazy(async () => ({
  default: (await import('@/features/settings/SettingsScreen')).SettingsScreen,
}));
const ActivityScreen = lazy(async () => ({
  default: (await import('@/features/activity/ActivityScreen')).ActivityScreen,
}));
const AdminScreen = lazy(async () => ({
  default: (await import('@/features/admin/AdminScreen')).AdminScreen,
}));
const BrowseRooms = lazy(async () => ({
  default: (await import('@/features/rooms/BrowseRooms')).BrowseRooms,
}));
const InboxScreen = lazy(async () => ({
  default: (await import('@/features/inbox/InboxScreen')).InboxScreen,
}));
const InviteScreen = lazy(async () => ({
  default: (await import('@/features/rooms/InviteScreen')).InviteScreen,
}));
const ReportsScreen = lazy(async () => ({
  default: (await import('@/features/admin/ReportsScreen')).ReportsScreen,
}));
const ThreadsScreen = lazy(async () => ({
  default: (await import('@/features/threads/ThreadsScreen')).ThreadsScreen,
}));

const MEMBERS_KEY = 'parley.members';
const PHONE = '(max-width: 639.98px)';
const WIDE = '(min-width: 1100px)';

/** The app of a logged-in person: rooms on the left, one of them beside. On a phone one of the two at a time. */
export function Shell() {
  const [location] = useLocation();
  const [sheet, setSheet] = useState<Sheet>();
  const [members, setMembers] = useMembersPanel();
  const current = /^\/r\/(\d+)/.exec(location)?.[1];
  useShortcuts(setSheet);
  usePageLife();
  const close = (): void => setSheet(undefined);
  const panel = { members, onMembers: setMembers };
  return (
    <PersonCards>
      <div className={location === paths.home ? 'app is-home' : 'app'} data-panel={members}>
        <Sidebar current={current} onOpen={setSheet} />
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
            <Route path={paths.threads}>
              <Suspense fallback={<Waiting />}>
                <ThreadsScreen />
              </Suspense>
            </Route>
            <Route path={patterns.later}>
              {({ part }) => (
                <Suspense fallback={<Waiting />}>
                  <LaterScreen part={part} />
                </Suspense>
              )}
            </Route>
            <Route path={paths.drafts}>
              <Suspense fallback={<Waiting />}>
                <DraftsScreen />
              </Suspense>
            </Route>
            <Route path={paths.activity}>
              <Suspense fallback={<Waiting />}>
                <ActivityScreen />
              </Suspense>
            </Route>
            <Route path={paths.inbox}>
              <Suspense fallback={<Waiting />}>
                <InboxScreen />
              </Suspense>
            </Route>
            <Route path={paths.people}>
              <Suspense fallback={<Waiting />}>
                <PeopleScreen />
              </Suspense>
            </Route>
            <Route path={patterns.invite}>
              {({ token }) => (
                <Suspense fallback={<Waiting />}>
                  <InviteScreen key={token} token={token} />
                </Suspense>
              )}
            </Route>
            <Route path={patterns.settings}>
              {({ part }) => (
                <Suspense fallback={<Waiting />}>
                  <SettingsScreen part={part} />
                </Suspense>
              )}
            </Route>
            <Route path={patterns.admin}>
              {({ part }) => (
                <Suspense fallback={<Waiting />}>
                  <AdminScreen part={part} />
                </Suspense>
              )}
            </Route>
            <Route path={patterns.reports}>
              {({ room }) => (
                <Suspense fallback={<Waiting />}>
                  <ReportsScreen room={room} />
                </Suspense>
              )}
            </Route>
            <Route path={paths.home}>
              <Home />
            </Route>
            <Route>
              <Redirect to={paths.home} replace />
            </Route>
          </Switch>
        </ErrorBoundary>
        <SearchPlace current={current} />
        <ConnectionBanner />
        <Announcer current={current} />
        <Notice />
        <Suspense>
          <Reminders />
          <Notifications />
        </Suspense>
        {sheet === 'switcher' && <Switcher onClose={close} />}
        <Suspense>
          {sheet === 'new_room' && <NewRoom onClose={close} />}
          {sheet === 'browse' && <BrowseRooms onClose={close} onNew={() => setSheet('new_room')} />}
          {sheet === 'new_message' && <NewMessage onClose={close} />}
        </Suspense>
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
  const chat = useChat();
  const rooms = useStore(chat.list.rooms);
  const loaded = useStore(chat.list.loaded);
  const phone = useMedia(PHONE);
  if (phone) return null;
  const last = recentRooms(chat.me.id).find((id) => rooms.has(id));
  const general = [...rooms.values()]
    .sort((a, b) => Number(a.id) - Number(b.id))
    .find((room) => room.kind === 'public');
  const goal = last ?? general?.id;
  if (goal !== undefined) return <Redirect to={paths.room(goal)} replace />;
  return (
    <main className="main">
      <header className="top" />
      {loaded && (
        <Empty icon="message" title={`Good to see you, ${chat.me.display_name}.`}>
          <p>Make a room, browse those that are there, or write to somebody: it is all on the left.</p>
        </Empty>
      )}
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
}

function usePageLife(): void {
  const chat = useChat();
  const away = useStore(idle);
  useEffect(() => wakeSocket(chat.socket, window), [chat]);
  useEffect(() => chat.setOwnState(away ? 'away' : 'online'), [chat, away]);
}
