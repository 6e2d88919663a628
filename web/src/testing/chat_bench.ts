import { Auth } from '@/client/auth';
import { Chat } from '@/client/chat';
import { Http } from '@/client/http';
import type { Kept } from '@/client/kept';
import { MemoryOutboxStore } from '@/client/outbox_store';
import type { Event, Room, ServerResumed } from '@/protocol/ops.gen';
import { type Asked, aLogin, aMe, anEvent, aRoom, aUser, FakeClock, FakeWebSocket, fakeFetch, settled } from './fakes';

export let clock: FakeClock;
export let sockets: FakeWebSocket[];
/** A chat that is started, welcomed and has its list. */
export let chat: Chat;
export let asked: Asked[];
export let logs: Map<string, Event[]>;
/** What the server has, and how it behaves. */
export const server: {
  rooms: Room[];
  /** A room asked for by itself. */
  alone: Partial<Room> | undefined;
  refuse_token: string | undefined;
  /** Refuses every token, as a process does whose clock is behind. */
  refuses_all: boolean;
  holding: Promise<void> | undefined;
  extra: ((one: Asked) => unknown) | undefined;
} = {
  rooms: [],
  alone: undefined,
  refuse_token: undefined,
  refuses_all: false,
  /** Answers what is asked of messages and threads. */
  extra: undefined,
  /** While set, the list of rooms is not answered. */
  holding: undefined,
};

function answer(one: Asked): unknown {
  if (one.path.startsWith('/auth/')) return aLogin(`token-${asked.length}`);
  if (server.refuses_all) return [401, { code: 'unauthorized', message: '', request_id: '' }];
  if (one.token === server.refuse_token) return [401, { code: 'token_expired', message: '', request_id: '' }];
  if (one.path === '/rooms') return (server.holding ?? Promise.resolve()).then(() => ({ rooms: server.rooms }));
  if (one.path === '/users') return { users: (one.query.get('ids') ?? '').split(',').map((id) => aUser(id)) };
  if (one.path === '/presence') return { users: [] };
  if (one.path === '/me') return aMe(aUser('7', 'Ada'));
  if (/^\/threads$|^\/rooms\/\d+\/(threads|messages|pins)(\/|$)/.test(one.path) && !one.path.endsWith('/messages'))
    return server.extra?.(one) ?? (one.path === '/threads' ? { threads: [], complete: true } : {});
  if (server.alone !== undefined && one.path === `/rooms/${server.alone.id}`) return server.alone;
  const room = /^\/rooms\/(\d+)\/messages$/.exec(one.path)?.[1] ?? '';
  const log = logs.get(room);
  if (log === undefined) return [404, { code: 'room_not_found', message: '', request_id: '' }];
  const limit = Number(one.query.get('limit'));
  const after = one.query.get('after');
  const before = Number(one.query.get('before') ?? log.length + 1);
  const events =
    after === null
      ? log.slice(Math.max(0, before - 1 - limit), before - 1)
      : log.slice(Number(after), Number(after) + limit);
  return {
    room,
    from: events[0]?.seq ?? 0,
    to: events.at(-1)?.seq ?? 0,
    head: log.length,
    n: log.length,
    events,
    complete: false,
  };
}

/** Somebody writes: stored, and what the server would send is returned. */
export function store(room: string, part: Partial<Event> = {}): Event {
  const log = logs.get(room) ?? [];
  const event = anEvent(log.length + 1, { room, ...part });
  log.push(event);
  logs.set(room, log);
  return event;
}

export function last(): FakeWebSocket {
  const ws = sockets.at(-1);
  if (ws === undefined) throw new Error('No connection was opened.');
  return ws;
}

export function resumed(heads: Record<string, number>, part: Partial<ServerResumed> = {}): ServerResumed {
  const rooms = Object.fromEntries(
    Object.entries(heads).map(([room, head]) => [room, { head, n: head, from: 0, limited: false }]),
  );
  return { t: 'resumed', epoch: 'e1', rooms, acks: [], user: { head: 0, limited: false }, ...part };
}

export function deliver(event: Event): void {
  last().receive({ t: 'event', ...event });
}

/** For `beforeEach`. */
export async function beginChat(): Promise<void> {
  prepare();
  await startChat();
  last().welcome();
  await settled();
}

/** Two rooms without a word. */
export function prepare(): void {
  clock = new FakeClock();
  sockets = [];
  server.refuse_token = undefined;
  server.refuses_all = false;
  server.alone = undefined;
  server.holding = undefined;
  logs = new Map([
    ['1', []],
    ['2', []],
  ]);
  server.rooms = [aRoom('1'), aRoom('2')];
}

/** A chat that has its list, if it got one, and is not welcomed. `kept`: what its device has. */
export async function startChat(kept?: Kept): Promise<void> {
  const answers = fakeFetch((one) => answer(one));
  asked = answers.asked;
  const http = new Http('', answers.fetch);
  const auth = new Auth({ http, clock });
  await auth.login('ada', 'secret-password');
  let minted = 0;
  chat = new Chat({
    me: aUser('7', 'Ada'),
    auth,
    http,
    clock,
    store: new MemoryOutboxStore(),
    ws_url: 'ws://parley.test/ws',
    device: 'd1',
    openSocket: () => {
      sockets.push(new FakeWebSocket());
      return last();
    },
    uuid: () => `cmid-${++minted}`,
    kept,
  });
  chat.start();
  await settled();
}
