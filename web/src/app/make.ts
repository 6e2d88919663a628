import { Auth, type Locks } from '@/client/auth';
import { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { Http } from '@/client/http';
import { HELD_FOR_LIFE, LeaseLocks } from '@/client/lease';
import type { Carrier } from '@/client/outbox';
import { IdbOutboxStore } from '@/client/outbox_store';
import type { WebSocketLike } from '@/client/socket';
import { webLocks } from '@/client/web_locks';
import { Lazy } from '@/lib/lazy';
import { storage } from '@/lib/storage';
import { uuid } from '@/lib/uuid';
import type { User } from '@/protocol/ops.gen';

/** A refresh of another tab that takes so long is lost. */
const LOCK_WITHIN_MS = 30_000;

const http = new Http('', (input, init) => fetch(input, init));

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

export function makeChat(auth: Auth, me: User): Chat {
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
