import { navigate } from 'wouter/use-browser-location';
import type { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { webLocks } from '@/client/web_locks';
import { paths } from '@/lib/paths';
import { storage } from '@/lib/storage';
import type { Store } from '@/lib/store';
import type { Event } from '@/protocol/ops.gen';
import { attention } from '@/state/attention';
import { language } from '@/state/language';
import { badgeOf, signOf, titleOf } from './badge';
import { browserDesk, watchPermission } from './desk';
import { KeywordHits } from './keyword_hits';
import { Notifier } from './notifier';
import { placesAt } from './place';
import { prefs } from './prefs';
import { ShownBadge } from './shown_badge';
import { play } from './sounds';
import { Tabs } from './tabs';

/** Badges change with time alone when a room's quiet ends. */
const TICK_MS = 15_000;
const LOCK_WITHIN_MS = 2_000;
/** wouter tells of moves by these. */
const MOVES = ['popstate', 'pushState', 'replaceState'];

/** Notifications, the page's title and its sign, for as long as somebody is logged in. Returns how to end it. */
export function startNotifications(chat: Chat, server: string): () => void {
  const tabs = new Tabs({
    user: chat.me.id,
    tab: Math.random().toString(36).slice(2),
    notes: storage,
    locks: 'locks' in navigator ? webLocks(navigator.locks, LOCK_WITHIN_MS) : undefined,
    now: Date.now,
  });
  const notifier = new Notifier({ chat, clock: systemClock, desk: browserDesk, tabs, prefs, play, open: openMessage });
  const keywords = new KeywordHits(chat);
  const badges = (): void => {
    const badge = badgeOf(
      chat.list.rooms.get().values(),
      chat.account.me.get()?.notify_rooms ?? 'mentions',
      Date.now(),
      keywords.found.get(),
    );
    const title = titleOf(badge, server, placesAt(location.pathname, chat.list.rooms.get()));
    if (document.title !== title) document.title = title;
    setSign(signOf(badge));
  };
  const shown = new ShownBadge(systemClock, attention.get, badges);
  const look = (): void => tabs.look(attention.get() ? placeOf(location.pathname) : undefined);
  // A notification of a page that is gone leads nowhere.
  const leave = (): void => {
    tabs.look(undefined);
    notifier.stop();
  };
  const tick = setInterval(badges, TICK_MS);
  const stores = [chat.list.rooms, chat.account.me, keywords.found, language];
  const changed = (): void => shown.changed();
  const undo = [...stores.map((store) => (store as Store<unknown>).subscribe(changed)), attention.subscribe(look)];
  const moved = (): void => {
    look();
    shown.now();
  };
  for (const name of MOVES) addEventListener(name, moved);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', again);
  watchPermission();
  notifier.start();
  keywords.start();
  badges();
  look();
  function again(event: PageTransitionEvent): void {
    if (event.persisted) notifier.start();
  }
  return () => {
    leave();
    keywords.stop();
    clearInterval(tick);
    shown.stop();
    for (const end of undo) end();
    for (const name of MOVES) removeEventListener(name, moved);
    removeEventListener('pagehide', leave);
    removeEventListener('pageshow', again);
    document.title = server;
    setSign(signOf({ unread: 0, mine: 0 }));
  };
}

/** The room of an address; another screen is a place, too, but no room's. */
function placeOf(path: string): string {
  return /^\/r\/(\d+)/.exec(path)?.[1] ?? path;
}

function openMessage(event: Event): void {
  const root = event.type === 'reply' ? event.about : undefined;
  navigate(root === undefined ? paths.message(event.room, event.seq) : paths.thread(event.room, root));
}

function setSign(href: string): void {
  const link = document.querySelector('link[rel=icon]');
  if (link?.getAttribute('href') !== href) link?.setAttribute('href', href);
}
