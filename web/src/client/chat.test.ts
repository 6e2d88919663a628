import { beforeEach, describe, expect, test } from 'vitest';
import { asked, beginChat, chat, clock, deliver, last, logs, server, sockets, store } from '@/testing/chat_bench';
import { aRoom, fakeFetch, settled } from '@/testing/fakes';
import { Http } from './http';
import { unreadOf } from './room_list';

beforeEach(beginChat);

describe('a chat', () => {
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
    chat.reading.seen('1', { seq: 1, n: 1 });
    chat.reading.seen('1', { seq: 2, n: 2 });
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

  test('takes what stands above a message of mine as read, and marks nothing for it', async () => {
    deliver(store('1'));
    deliver(store('1'));
    deliver(store('1', { sender: '7' }));
    expect(chat.list.get('1')).toMatchObject({ read_seq: 3, read_n: 3 });
    await clock.pass(1_000);
    expect(last().of('read')).toEqual([]);
  });

  test('takes who writes for somebody who holds what stands above', () => {
    deliver(store('1', { sender: '7' }));
    deliver(store('1'));
    expect(chat.list.get('1')).toMatchObject({ read_to: 0, delivered_to: 2 });
  });

  test('leaves what was marked as unread so, until the room is opened again', async () => {
    for (let n = 0; n < 3; n++) deliver(store('1'));
    chat.reading.seen('1', { seq: 3, n: 3 });
    const unread = () => unreadOf(chat.list.get('1') ?? aRoom('1'));
    expect(unread()).toBe(0);
    const room_info = aRoom('1', { head: 3, n: 3, read_seq: 1, read_n: 1, read_gen: 1 });
    last().receive({ t: 'user', useq: 1, type: 'room_changed', room: '1', room_info });
    expect(unread()).toBe(2);
    // A mark of before it, by this device or another, says nothing any more.
    last().receive({ t: 'user', useq: 2, type: 'read', room: '1', seq: 3, n: 3 });
    await clock.pass(1_000);
    expect(last().of('read')).toEqual([]);
    chat.reading.seen('1', { seq: 3, n: 3 });
    expect(unread()).toBe(2);
    chat.reading.opened('1');
    chat.reading.seen('1', { seq: 3, n: 3 });
    expect(unread()).toBe(0);
    await clock.pass(1_000);
    expect(last().of('read')).toEqual([{ t: 'read', room: '1', seq: 3, gen: 1 }]);
  });

  test('whoever waits for an answer, or writes, comes back at once from a gateway that was full', async () => {
    const full = async (): Promise<void> => {
      last().receive({ t: 'pong', n: 1, return_ms: 8_000 });
      await clock.pass(6_000);
    };
    await full();
    last().drop(1006);
    const { length } = sockets;
    chat.send('1', 'I am here');
    await settled();
    expect(sockets).toHaveLength(length + 1);
    last().welcome();
    await full();
    last().drop(1006);
    await clock.pass(500);
    expect(sockets).toHaveLength(length + 2);
  });

  test('clears my badge when I have read on another device', () => {
    deliver(store('1'));
    last().receive({ t: 'user', useq: 4, type: 'read', room: '1', seq: 1, n: 1 });
    const room = chat.list.get('1');
    expect(room === undefined ? -1 : unreadOf(room)).toBe(0);
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
    chat.reading.seen('1', { seq: 1, n: 1 });
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

  test('shows a room it was added to, and drops one it was removed from', () => {
    const removed: string[] = [];
    chat.events.on('removed', (room) => removed.push(room));
    last().receive({ t: 'user', useq: 1, type: 'room_added', room: '3', room_info: aRoom('3', { kind: 'private' }) });
    expect(chat.list.get('3')?.kind).toBe('private');
    last().receive({ t: 'user', useq: 2, type: 'room_removed', room: '1' });
    expect(chat.list.get('1')).toBeUndefined();
    expect(removed).toEqual(['1']);
  });

  test('of a room that it leaves it asks for nothing, and whoever follows it is not sent to ask', async () => {
    const lost: string[] = [];
    chat.log('1').feed.listen(0, { events: () => {}, lost: () => lost.push('1') });
    chat.log('2').feed.listen(0, { events: () => {}, lost: () => lost.push('2') });
    const count = chat.list.get('1')?.member_count;
    deliver(store('1', { type: 'left', sender: '7' }));
    expect(chat.list.get('1')?.member_count).toBe(count);
    const before = asked.length;
    last().receive({ t: 'user', useq: 1, type: 'room_removed', room: '1' });
    await clock.pass(10_000);
    expect(lost).toEqual([]);
    expect(asked.slice(before).filter(({ path }) => path.includes('/rooms/1/'))).toEqual([]);
    chat.log('2').clear();
    expect(lost).toEqual(['2']);
  });

  test('asks for the list when it hears of a room it does not know', async () => {
    server.rooms = [...server.rooms, aRoom('9')];
    logs.set('9', []);
    deliver(store('9'));
    await clock.pass(1_000);
    const room = chat.list.get('9');
    expect(room?.head).toBe(1);
  });

  test('announces what others write now, not what it fetches', async () => {
    const heard: string[] = [];
    chat.events.on('fresh', (events) => heard.push(...events.map((event) => event.body)));
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
    server.refuse_token = 'token-1';
    const before = asked.length;
    const { users } = await chat.api.call('GET /users', { query: { ids: '8' } });
    expect(users).toHaveLength(1);
    expect(asked.slice(before).map((one) => one.path)).toEqual(['/users', '/auth/refresh', '/users']);
    expect(last().of('token')).toHaveLength(1);
  });

  test('tries on where a process refuses the token that was just given out', async () => {
    server.refuses_all = true;
    await expect(chat.api.call('GET /me', {})).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    chat.refreshList();
    await clock.pass(100);
    expect(chat.list_error.get()).toBeDefined();
    server.refuses_all = false;
    await clock.pass(5_000);
    expect(chat.list_error.get()).toBeUndefined();
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
