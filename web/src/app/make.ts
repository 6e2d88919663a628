import { Auth, type Locks } from '@/client/auth';
import { CacheDb } from '@/client/cache_db';
import { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { openFirst } from '@/client/first_room';
import { Http } from '@/client/http';
import { Kept } from '@/client/kept';
import { HELD_FOR_LIFE, LeaseLocks } from '@/client/lease';
import type { Carrier } from '@/client/outbox';
import { IdbOutboxStore } from '@/client/outbox_store';
import type { WebSocketLike } from '@/client/socket';
import { webLocks } from '@/client/web_locks';
import { Lazy } from '@/lib/lazy';
import { storage } from '@/lib/storage';
import { uuid } from '@/lib/uuid';
import type { User } from '@/protocol/ops.gen';
import { fetchOrEarly, isAskedEarly } from './early';

/** A refresh of another tab that takes so long is lost. */
const LOCK_WITHIN_MS = 30_000;

const http = new Http('', fetchOrEarly);

/** What this device has for reading without a network. */
export const cache = new CacheDb();
/** Read before the first look, for the chat that it is of. */
let read: { user: string; kept: Kept } | undefined;
/** Begun before the first look. */
let begun: Chat | undefined;
/** The page is drawn without what has not come by then. */
const FIRST_WITHIN_MS = 400;

/** Reads what the first look needs of who was logged in last, and lets go of everything whenever nobody is logged in. */
export async function openCache(auth: Auth): Promise<void> {
  const leave = (): void => {
    if (auth.state.get().status === 'out') cache.wipe().catch(() => {});
  };
  auth.state.subscribe(leave);
  leave();
  const state = auth.state.get();
  if (state.status !== 'in') return;
  const kept = new Kept(cache, state.user.id, systemClock);
  const room = /^\/r\/(\d+)$/.exec(location.pathname)?.[1];
  await kept.load(room);
  read = { user: state.user.id, kept };
  if (kept.list === undefined && room !== undefined && isAskedEarly()) await begin(makeChat(auth, state.user), room);
}

/** Nothing is kept, but the room has been asked for: what is drawn first is drawn with it, once. */
async function begin(chat: Chat, room: string): Promise<void> {
  begun = chat;
  chat.start();
  await Promise.race([
    openFirst(chat, room, true),
    new Promise<void>((late) => systemClock.after(FIRST_WITHIN_MS, late)),
  ]);
}

/** The chat of this person: the one that has begun, if there is one. */
export function chatOf(auth: Auth, me: User): Chat {
  const chat = begun?.me.id === me.id ? begun : makeChat(auth, me);
  begun = undefined;
  return chat;
}

function keptOf(user: string): Kept {
  const kept = read?.user === user ? read.kept : new Kept(cache, user, systemClock);
  read = undefined;
  return kept;
}

/** The engine's parts as a browser has them. */
export function makeAuth(): Auth {
  const locks = makeLocks('parley.lease', { patience_ms: LOCK_WITHIN_MS });
  return new Auth({ http, clock: systemClock, locks, channel: tabs('parley.auth'), notes: storage });
}

/** Turns among the tabs; who waits longer is told so, or takes the turn where the browser has no locks of its own. */
function makeLocks(channel: string, waiting: { patience_ms: number; expiry_ms?: number; look_ms?: number }): Locks {
  if ('locks' in navigator) return webLocks(navigator.locks, waiting.patience_ms);
  const lease = new LeaseLocks({
    clock: systemClock,
    notes: storage,
    channel: tabs(channel),
    owner: uuid(),
    ...waiting,
  });
  addEventListener('pagehide', () => lease.leave());
  return lease;
}

/** The other tabs. */
function tabs(name: string): BroadcastChannel | undefined {
  return 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined;
}

function makeChat(auth: Auth, me: User): Chat {
  return new Chat({
    me,
    auth,
    http,
    clock: systemClock,
    store: new IdbOutboxStore(),
    ws_url: `${location.origin.replace(/^http/, 'ws')}/ws`,
    device: uuid(),
    openSocket: (url, protocols) => new WebSocket(url, protocols) as unknown as WebSocketLike,
    uuid,
    locks: makeLocks('parley.outbox.lease', HELD_FOR_LIFE),
    channel: tabs(`parley.outbox.${me.id}`),
    carrier: makeCarrier(auth),
    kept: keptOf(me.id),
  });
}

/** How soon it is tried again to fetch what could not be fetched. */
const AGAIN_MS = 5_000;

/** What uploads files comes when there is one. */
function makeCarrier(auth: Auth): Carrier {
  const lazy = new Lazy(async () => (await import('@/features/files/browserCarrier')).browserCarrier(auth));
  const then = (act: (carrier: Carrier) => void): void => {
    void lazy.get().then((carrier) => (carrier === undefined ? setTimeout(() => then(act), AGAIN_MS) : act(carrier)));
  };
  return {
    carry: (outbox, entry) => then((carrier) => carrier.carry(outbox, entry)),
    drop: (entry) => then((carrier) => carrier.drop(entry)),
  };
}
