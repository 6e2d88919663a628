import { beforeEach, describe, expect, test } from 'vitest';
import type { Event, Room, ServerResumed } from '@/protocol/ops.gen';
import {
  type Asked,
  aLogin,
  anEvent,
  aRoom,
  aUser,
  FakeClock,
  FakeWebSocket,
  fakeFetch,
  settled,
} from '@/testing/fakes';
import { Auth } from './auth';
import { Chat } from './chat';
import { Http } from './http';
import { MemoryOutboxStore } from './outbox_store';
import { unreadOf } from './room_list';

let clock: FakeClock;
let sockets: FakeWebSocket[];
let chat: Chat;
let asked: Asked[];
/** The server's rooms and logs. */
let rooms: Room[];
let logs: Map<string, Event[]>;
let refuse_token: string | undefined;
/** While set, the list of rooms is not answered. */
let holding: Promise<void> | undefined;

function answer(one: Asked): unknown {
  if (one.path.startsWith('/auth/')) return aLogin(`token-${asked.length}`);
  if (one.token === refuse_token) return [401, { code: 'token_expired', message: '', request_id: '' }];
  if (one.path === '/rooms') return holding === undefined ? { rooms } : holding.then(() => ({ rooms }));
  if (one.path === '/users') return { users: (one.query.get('ids') ?? '').split(',').map((id) => aUser(id)) };
  if (one.path === '/presence') return { users: [] };
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
function store(room: string, part: Partial<Event> = {}): Event {
  const log = logs.get(room) ?? [];
  const event = anEvent(log.length + 1, { room, ...part });
  log.push(event);
  logs.set(room, log);
  return event;
}

function last(): FakeWebSocket {
  const ws = sockets.at(-1);
  if (ws === undefined) throw new Error('No connection was opened.');
  return ws;
}

function resumed(heads: Record<string, number>, part: Partial<ServerResumed> = {}): ServerResumed {
  const rooms = Object.fromEntries(
    Object.entries(heads).map(([room, head]) => [room, { head, n: head, from: 0, limited: false }]),
  );
  return { t: 'resumed', epoch: 'e1', rooms, acks: [], user: { head: 0, limited: false }, ...part };
}

function deliver(event: Event): void {
  last().receive({ t: 'event', ...event });
}

beforeEach(async () => {
  clock = new FakeClock();
  sockets = [];
  refuse_token = undefined;
  holding = undefined;
  logs = new Map([
    ['1', []],
    ['2', []],
  ]);
  rooms = [aRoom('1'), aRoom('2')];
  const server = fakeFetch((one) => answer(one));
  asked = server.asked;
  const http = new Http('', server.fetch);
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
  });
  chat.start();
  await settled();
  last().welcome();
  await settled();
});

describe('a chat', () => {
  test('tells the gateway what it holds, and loads the rooms', () => {
    expect([...chat.list.rooms.get().keys()]).toEqual(['1', '2']);
    expect(last().of('resume')[0]).toMatchObject({ epoch: 'e1', cursors: { 1: 0, 2: 0 } });
  });

  test('turns a pending message into a stored one on ack, in one step', async () => {
    await chat.log('1').openNewest();
    const cmid = chat.send('1', 'hello');
    await settled();
    expect(last().of('send')).toEqual([{ t: 'send', cmid, cseq: 1, cgen: 0, room: '1', body: 'hello' }]);
    last().receive({ t: 'ack', cmid, room: '1', seq: 1, n: 1, id: '1.1', ts: 5 });
    expect(chat.outbox.entries.get()).toEqual([]);
    expect(chat.log('1').view.get().events).toMatchObject([{ seq: 1, cmid, body: 'hello', sender: '7' }]);
    deliver(store('1', { cmid, sender: '7', body: 'hello' }));
    expect(chat.log('1').view.get().events).toHaveLength(1);
  });

  test('takes its own event for an ack when that was lost', async () => {
    const cmid = chat.send('1', 'hello');
    await settled();
    deliver(store('1', { cmid, sender: '7', body: 'hello' }));
    expect(chat.outbox.entries.get()).toEqual([]);
    const ws = last();
    await clock.pass(60_000);
    expect(ws.of('send')).toHaveLength(1);
  });

  test('counts what others write and not what I write', () => {
    deliver(store('1'));
    deliver(store('1'));
    deliver(store('2', { sender: '7' }));
    expect([...chat.list.rooms.get().values()].map(unreadOf)).toEqual([2, 0]);
  });

  test('marks as read once for what was seen together, and again after a reconnect until confirmed', async () => {
    deliver(store('1'));
    deliver(store('1'));
    chat.markRead('1', { seq: 1, n: 1 });
    chat.markRead('1', { seq: 2, n: 2 });
    await clock.pass(300);
    expect(last().of('read')).toEqual([{ t: 'read', room: '1', seq: 2 }]);
    const [room] = [...chat.list.rooms.get().values()];
    expect(room === undefined ? -1 : unreadOf(room)).toBe(0);
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('read')).toEqual([{ t: 'read', room: '1', seq: 2 }]);
    last().receive({ t: 'user', useq: 1, type: 'read', room: '1', seq: 2, n: 2 });
    last().drop(1006);
    await clock.pass(2_000);
    last().welcome();
    expect(last().of('read')).toEqual([]);
  });

  test('clears my badge when I have read on another device', () => {
    deliver(store('1'));
    last().receive({ t: 'user', useq: 4, type: 'read', room: '1', seq: 1, n: 1 });
    const room = chat.list.get('1');
    expect(room === undefined ? -1 : unreadOf(room)).toBe(0);
  });

  test('has everything after a break that was missed in it', async () => {
    await chat.log('1').openNewest();
    deliver(store('1'));
    last().drop(1006);
    for (let more = 0; more < 250; more++) store('1');
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('resume')[0]?.cursors).toEqual({ 1: 1, 2: 0 });
    last().receive({
      t: 'resumed',
      epoch: 'e1',
      rooms: { 1: { head: 251, n: 251, from: 1, limited: true }, 2: { head: 0, n: 0, from: 0, limited: false } },
      acks: [],
      user: { head: 0, limited: false },
    });
    await settled();
    expect(
      chat
        .log('1')
        .view.get()
        .events.map((event) => event.seq),
    ).toEqual(Array.from({ length: 251 }, (_, at) => at + 1));
  });

  test('sends what was written in a break, once, in order', async () => {
    last().drop(1006);
    chat.send('1', 'a');
    chat.send('1', 'b');
    await clock.pass(1_000);
    last().welcome();
    expect(
      last()
        .of('send')
        .map((frame) => frame.body),
    ).toEqual(['a', 'b']);
  });

  test('gives up what it held when the server was put back to an earlier time', async () => {
    for (let more = 0; more < 5; more++) store('1');
    await chat.log('1').openNewest();
    chat.activate('1');
    expect(chat.log('1').last_seq).toBe(5);
    logs.set('1', []);
    store('1', { body: 'after the restore' });
    rooms = [aRoom('1', { head: 1, n: 1 })];
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome('e2');
    await settled();
    expect(
      chat
        .log('1')
        .view.get()
        .events.map((event) => event.body),
    ).toEqual(['after the restore']);
    expect([...chat.list.rooms.get().keys()]).toEqual(['1']);
    expect(last().of('resume')[0]?.cursors).toEqual({ 1: 1 });
  });

  test('holds back what the server may have until it says, settles what it has and sends the rest', async () => {
    await chat.log('1').openNewest();
    const [a, b] = [chat.send('1', 'a'), chat.send('1', 'b')];
    await settled();
    last().drop(1006);
    store('1', { cmid: a, sender: '7', body: 'a' });
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('resume')[0]?.pending).toEqual([a, b]);
    expect(last().of('send')).toEqual([]);
    last().receive(
      resumed(
        { 1: 1 },
        {
          acks: [
            { cmid: a, room: '1', seq: 1, n: 1, id: '1.1', ts: 5 },
            { cmid: b, unknown: true },
          ],
        },
      ),
    );
    expect(last().of('send')).toMatchObject([{ cmid: b, cseq: 2, cgen: 0 }]);
    expect(chat.log('1').view.get().events).toMatchObject([{ seq: 1, cmid: a, body: 'a' }]);
  });

  test('sends again by itself when the server says nothing of what it has', async () => {
    const a = chat.send('1', 'a');
    await settled();
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome();
    await clock.pass(1_000);
    expect(last().of('send')).toMatchObject([{ cmid: a, cseq: 1 }]);
  });

  test('asks again what it missed, after silence or a refusal, and not after the answer', async () => {
    const ws = last();
    expect(ws.of('resume')).toHaveLength(1);
    await clock.pass(5_000);
    expect(ws.of('resume')).toHaveLength(2);
    ws.receive({ t: 'error', code: 'unavailable', ref: 'resume' });
    await clock.pass(1_500);
    expect(ws.of('resume')).toHaveLength(3);
    ws.receive(resumed({}));
    await clock.pass(9_000);
    expect(ws.of('resume')).toHaveLength(3);
  });

  test('puts a batch to the log and the list in one step, and asks for nothing then', async () => {
    await chat.log('1').openNewest();
    const events = [store('1'), store('1'), store('1', { sender: '7' })];
    const before = asked.length;
    const batch = { t: 'batch', room: '1', from: 1, to: 3, head: 3, n: 3, events, complete: true } as const;
    last().receive(resumed({ 1: 3 }), batch);
    await clock.pass(3_000);
    expect(chat.log('1').last_seq).toBe(3);
    expect(chat.list.get('1')).toMatchObject({ head: 3, n: 3, last: { seq: 3 } });
    expect(asked.slice(before).filter((one) => one.path.includes('messages'))).toEqual([]);
  });

  test('fetches what a pong or a head shows to be lost', async () => {
    await chat.log('1').openNewest();
    deliver(store('1'));
    store('1');
    last().receive({ t: 'pong', n: 1, heads: { 1: 2 } });
    await settled();
    expect(chat.log('1').last_seq).toBe(2);
    store('1');
    last().receive({ t: 'head', rooms: { 1: 3 } });
    await settled();
    expect(chat.log('1').last_seq).toBe(3);
  });

  test('knows in the end where a room stands whose batch was lost', async () => {
    last().receive(resumed({ 1: 3, 2: 0 }));
    expect(chat.list.get('1')?.head).toBe(0);
    await clock.pass(2_000);
    expect(chat.list.get('1')).toMatchObject({ head: 3, n: 3 });
  });

  test('reads the list again when its own log has a gap or was cut short', async () => {
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 5, limited: false } }));
    const lists = (): number => asked.filter((one) => one.path === '/rooms').length;
    const before = lists();
    last().receive({ t: 'user', useq: 7, type: 'read', room: '1', seq: 0, n: 0 });
    await clock.pass(1_000);
    expect(lists()).toBe(before + 1);
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('resume')[0]?.useq).toBe(7);
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 400, limited: true } }));
    await settled();
    expect(lists()).toBe(before + 2);
  });

  test('is not thrown out of a room by an old frame that comes again', () => {
    const removed: string[] = [];
    chat.events.on('removed', (room) => removed.push(room));
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 5, limited: false } }));
    last().receive({ t: 'user', useq: 3, type: 'room_removed', room: '1' });
    expect(removed).toEqual([]);
    last().receive({ t: 'user', useq: 6, type: 'room_removed', room: '1' });
    expect(removed).toEqual(['1']);
  });

  test('tells what it has received of others, at most once a second a room, and again after a break', async () => {
    await clock.pass(2_000);
    for (let more = 0; more < 5; more++) deliver(store('1'));
    deliver(store('2', { sender: '7' }));
    await clock.pass(999);
    expect(last().of('delivered')).toEqual([{ t: 'delivered', room: '1', seq: 1 }]);
    await clock.pass(2);
    expect(
      last()
        .of('delivered')
        .map((frame) => frame.seq),
    ).toEqual([1, 5]);
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('delivered')).toEqual([{ t: 'delivered', room: '1', seq: 5 }]);
  });

  test('does not claim to have received what stands behind a gap', async () => {
    await chat.log('1').openNewest();
    store('1');
    deliver(store('1'));
    expect(last().of('delivered')).toEqual([]);
    await clock.pass(2_000);
    expect(last().of('delivered')).toEqual([{ t: 'delivered', room: '1', seq: 2 }]);
  });

  test('knows how far others have received and read, and takes its own devices for nobody', () => {
    last().receive({ t: 'receipt', room: '1', user: '8', delivered: 4, read: 0 });
    last().receive({ t: 'receipt', room: '1', user: '9', delivered: 3, read: 3 });
    last().receive({ t: 'receipt', room: '1', user: '7', delivered: 9, read: 9 });
    expect(chat.list.get('1')).toMatchObject({ delivered_to: 4, read_to: 3 });
  });

  test('marks as read again when that was refused or not answered', async () => {
    deliver(store('1'));
    chat.markRead('1', { seq: 1, n: 1 });
    await clock.pass(300);
    last().receive({ t: 'error', code: 'rate_limited', ref: 'read' });
    await clock.pass(2_000);
    const ws = last();
    const reads = (): number => ws.of('read').length;
    expect(reads()).toBe(2);
    for (let beat = 0; beat < 30; beat++) {
      await clock.pass(1_000);
      ws.receive({ t: 'pong', n: beat });
    }
    expect(reads()).toBe(3);
    ws.receive({ t: 'user', useq: 1, type: 'read', room: '1', seq: 1, n: 1 });
    for (let beat = 0; beat < 120; beat++) {
      await clock.pass(1_000);
      ws.receive({ t: 'pong', n: beat });
    }
    expect(reads()).toBe(3);
  });

  test('says what it holds only when its list is of this epoch', async () => {
    let answer: () => void = () => {};
    holding = new Promise<void>((resolve) => {
      answer = resolve;
    });
    rooms = [aRoom('1', { head: 2, n: 2 })];
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome('e2');
    await clock.pass(3_000);
    expect(last().of('resume')).toEqual([]);
    answer();
    await settled();
    expect(last().of('resume')).toMatchObject([{ epoch: 'e2', cursors: { 1: 2 } }]);
  });

  test('takes no list that was asked for before a room came or went', async () => {
    let answer: () => void = () => {};
    holding = new Promise<void>((resolve) => {
      answer = resolve;
    });
    chat.refreshList();
    last().receive({ t: 'user', useq: 1, type: 'room_removed', room: '1' });
    last().receive({ t: 'user', useq: 2, type: 'room_added', room: '3', room_info: aRoom('3') });
    answer();
    await settled();
    expect([...chat.list.rooms.get().keys()]).toEqual(['2', '3']);
    rooms = [aRoom('2'), aRoom('3'), aRoom('4')];
    await clock.pass(1_000);
    expect([...chat.list.rooms.get().keys()]).toEqual(['2', '3', '4']);
  });

  test('resumes again when a pong says that its own log went on unheard', async () => {
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 4, limited: true } }));
    await settled();
    const before = last().of('resume').length;
    last().receive({ t: 'pong', n: 1, useq: 4 });
    expect(last().of('resume')).toHaveLength(before);
    last().receive({ t: 'pong', n: 2, useq: 5 });
    expect(last().of('resume')).toHaveLength(before + 1);
    expect(last().of('resume').at(-1)).toMatchObject({ useq: 4 });
    last().receive({ t: 'pong', n: 3, useq: 5 });
    expect(last().of('resume')).toHaveLength(before + 1);
  });

  test('shows a room it was added to, and drops one it was removed from', () => {
    const removed: string[] = [];
    chat.events.on('removed', (room) => removed.push(room));
    last().receive({ t: 'user', useq: 1, type: 'room_added', room: '3', room_info: aRoom('3', { kind: 'private' }) });
    expect(chat.list.get('3')?.kind).toBe('private');
    last().receive({ t: 'user', useq: 2, type: 'room_removed', room: '1' });
    expect(chat.list.get('1')).toBeUndefined();
    expect(removed).toEqual(['1']);
  });

  test('asks for the list when it hears of a room it does not know', async () => {
    rooms = [...rooms, aRoom('9')];
    logs.set('9', []);
    deliver(store('9'));
    await clock.pass(1_000);
    const room = chat.list.get('9');
    expect(room?.head).toBe(1);
  });

  test('announces what others write now, not what it fetches', async () => {
    const heard: string[] = [];
    chat.events.on('message', (event) => heard.push(event.body));
    store('1');
    await chat.log('1').openNewest();
    deliver(store('1', { body: 'now' }));
    deliver(store('1', { body: 'mine', sender: '7' }));
    expect(heard).toEqual(['now']);
  });

  test('clears a typist when their message comes, and forgets one who falls silent', async () => {
    last().receive({ t: 'typing', room: '1', user: '8', on: true }, { t: 'typing', room: '1', user: '9', on: true });
    expect(chat.typing.rooms.get().get('1')).toEqual(['8', '9']);
    deliver(store('1', { sender: '8' }));
    expect(chat.typing.rooms.get().get('1')).toEqual(['9']);
    await clock.pass(6_000);
    expect(chat.typing.rooms.get().get('1')).toBeUndefined();
  });

  test('tells of my typing at most every three seconds', async () => {
    for (let key = 0; key < 40; key++) {
      chat.teller.typed('1');
      await clock.pass(100);
    }
    chat.teller.stopped();
    expect(
      last()
        .of('typing')
        .map((frame) => frame.on),
    ).toEqual([true, true, false]);
  });

  test('renews a token that a request was refused with, and tries once more', async () => {
    refuse_token = 'token-1';
    const before = asked.length;
    const { users } = await chat.api.call('GET /users', { query: { ids: '8' } });
    expect(users).toHaveLength(1);
    expect(asked.slice(before).map((one) => one.path)).toEqual(['/users', '/auth/refresh', '/users']);
    expect(last().of('token')).toHaveLength(1);
  });

  test('says what a balancer without JSON means', async () => {
    logs.delete('2');
    await expect(
      chat.api.call('GET /rooms/{room}/messages', { params: { room: '2' }, query: {} }),
    ).rejects.toMatchObject({
      code: 'room_not_found',
    });
    const http = new Http('', fakeFetch(() => [503, '<html>no server</html>']).fetch);
    await expect(http.request({ method: 'GET', path: '/me' })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
  });

  test('does nothing any more when stopped', async () => {
    const ws = last();
    chat.stop();
    await clock.pass(120_000);
    expect(ws.closed).toBe(true);
    expect(sockets).toHaveLength(1);
  });
});
