import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Event, Thread } from '@/protocol/ops.gen';
import { asked, beginChat, chat, clock, deliver, last, resumed, server, store } from '@/testing/chat_bench';
import { anEvent, settled } from '@/testing/fakes';
import { IdbOutboxStore } from './outbox_store';
import { calls } from './room_list';
import { ThreadLog } from './thread_log';
import { unreadReplies } from './threads';

const me = '7';

beforeEach(async () => {
  server.extra = undefined;
  await beginChat();
});

function asks(method: string): string[] {
  return asked.filter((one) => one.method === method).map((one) => `${one.path} ${JSON.stringify(one.body)}`);
}

describe('a message with a place of its own', () => {
  test('is sent with its thread and its quote, and is a reply from its ack on', async () => {
    store('1');
    await chat.log('1').openNewest();
    const cmid = chat.send('1', 'so it is', { thread: 1, quote: 1 });
    await settled();
    expect(last().of('send')).toMatchObject([{ cmid, body: 'so it is', thread: 1, quote: 1 }]);
    last().receive({ t: 'ack', cmid, room: '1', seq: 2, n: 1, id: '1.2', ts: 5 });
    expect(chat.outbox.entries.get()).toEqual([]);
    const [root, reply] = chat.log('1').view.get().events;
    expect(reply).toMatchObject({ type: 'reply', about: 1, data: { quote: 1 }, cmid, sender: me });
    expect(root?.state).toMatchObject({ replies: 1, last_reply: 5 });
  });

  test('settles by its own event, which is matched by its cmid as any other', async () => {
    const cmid = chat.send('1', 'so it is', { thread: 1 });
    await settled();
    deliver(store('1', { type: 'reply', about: 1, cmid, sender: me }));
    expect(chat.outbox.entries.get()).toEqual([]);
  });

  test('keeps its place on the disk, in other hands and when it is tried again', async () => {
    const kept = new IdbOutboxStore('places');
    const [entry] = chat.outbox.entries.get();
    expect(entry).toBeUndefined();
    chat.send('1', 'a reply', { thread: 4 });
    const [reply] = chat.outbox.entries.get();
    if (reply === undefined) throw new Error('Nothing was taken.');
    await kept.put(reply);
    expect(await kept.adopt(me, 'd1', 'd2')).toMatchObject([{ thread: 4, kind: 'reply', device: 'd2' }]);
    expect(await kept.load(me)).toMatchObject([{ thread: 4, body: 'a reply' }]);
    await settled();
    last().receive({ t: 'nack', cmid: reply.cmid, code: 'not_member' });
    chat.outbox.retry(reply.cmid);
    await settled();
    expect(last().of('send').at(-1)).toMatchObject({ thread: 4, body: 'a reply' });
  });
});

describe('what I do to a message', () => {
  const reactions = (event: Event) => chat.conversation.acts.shown(event).state?.reactions ?? [];

  test('a reaction is shown at once, and taken back when it is refused', async () => {
    const message = store('1');
    server.extra = () => [409, { code: 'too_many_reactions', message: '', request_id: '' }];
    const acting = chat.conversation.acts.react(message, '👍', true);
    expect(reactions(message)).toEqual([{ emoji: '👍', count: 1, users: [me] }]);
    await expect(acting).rejects.toMatchObject({ code: 'too_many_reactions' });
    expect(reactions(message)).toEqual([]);
    expect(chat.conversation.acts.done.get().size).toBe(0);
  });

  test('the last of several wishes is what the server is left with', async () => {
    const message = store('1');
    const wishes = [true, false, true, false].map((on) => chat.conversation.acts.react(message, '👍', on));
    expect(reactions(message)).toEqual([]);
    await Promise.all(wishes);
    const bodies = asked.filter((one) => one.path.endsWith('/reactions')).map((one) => one.body);
    expect(bodies.at(-1)).toEqual({ emoji: '👍', on: false });
    expect(bodies.length).toBeLessThanOrEqual(2);
  });

  test('its event takes the place of what was shown, and is not counted on top of it', async () => {
    const message = store('1');
    await chat.log('1').openNewest();
    await chat.conversation.acts.react(message, '👍', true);
    deliver(store('1', { type: 'reacted', about: 1, sender: me, body: '', data: { emoji: '👍', on: true } }));
    const [now] = chat.log('1').view.get().events;
    expect(now?.state?.reactions).toEqual([{ emoji: '👍', count: 1, users: [me] }]);
    expect(now === undefined ? [] : reactions(now)).toEqual([{ emoji: '👍', count: 1, users: [me] }]);
    expect(chat.conversation.acts.done.get().size).toBe(0);
  });

  test('an edit and a deletion are shown when the server has them, until the log does', async () => {
    const message = store('1', { sender: me });
    await chat.conversation.acts.edit(message, 'better words');
    expect(asks('PATCH')).toEqual(['/rooms/1/messages/1 {"body":"better words"}']);
    expect(chat.conversation.acts.shown(message)).toMatchObject({
      body: 'better words',
      state: { edited_at: expect.any(Number) },
    });
    const edited = { ...message, body: 'newer words', state: { changed: 3, edited_at: 9 } };
    expect(chat.conversation.acts.shown(edited)).toBe(edited);
    await chat.conversation.acts.remove(message);
    expect(chat.conversation.acts.shown(message)).toMatchObject({ body: '', state: { deleted: true } });
    await clock.pass(10_000);
    expect(chat.conversation.acts.shown(message)).toBe(message);
  });
});

describe('the messages that name me', () => {
  const mentions = () => chat.list.get('1')?.mentions;

  test('are known as they come, for me and for everyone, and not when they are mine', () => {
    deliver(store('1', { data: { mentions: ['9'] } }));
    deliver(store('1', { data: { mentions: ['9', me] } }));
    deliver(store('1', { data: { everyone: 'all' } }));
    expect(mentions()).toEqual([2, 3]);
    // Mine names nobody, and what stands above it I have read.
    deliver(store('1', { sender: me, data: { mentions: [me], everyone: 'all' } }));
    expect(mentions()).toEqual([]);
  });

  test('are read with the room, and gone when they are deleted', () => {
    for (let n = 0; n < 3; n++) deliver(store('1', { data: { mentions: [me] } }));
    deliver(store('1', { type: 'deleted', about: 3, body: '', n: 3 }));
    chat.reading.seen('1', { seq: 1, n: 1 });
    expect(mentions()).toEqual([2]);
    last().receive({ t: 'user', useq: 1, type: 'read', room: '1', seq: 4, n: 3 });
    expect(mentions()).toEqual([]);
  });

  test('of a thread call for me though nothing of the room is unread', () => {
    deliver(store('1', { type: 'reply', about: 1, n: 0, data: { mentions: [me] } }));
    const room = chat.list.get('1');
    expect(room === undefined ? 0 : calls(room)).toBe(1);
  });

  test('of a thread are read with it, however far the room is read', () => {
    deliver(store('1'));
    deliver(store('1', { type: 'reply', about: 1, data: { mentions: [me] } }));
    chat.reading.seen('1', { seq: 2, n: 1 });
    expect(mentions()).toEqual([2]);
    last().receive({ t: 'user', useq: 1, type: 'thread_read', room: '1', root: 1, seq: 2, following: true });
    expect(mentions()).toEqual([]);
    deliver(store('1', { type: 'reply', about: 1, data: { mentions: [me] } }));
    expect(mentions()).toEqual([3]);
    deliver(store('1', { type: 'reply', about: 1, sender: me }));
    expect(mentions()).toEqual([]);
  });

  test('of a thread do not come back with a list from before it was read', async () => {
    const [room, other] = server.rooms;
    if (room === undefined || other === undefined) throw new Error('There are two rooms.');
    last().receive({ t: 'user', useq: 1, type: 'thread_read', room: '1', root: 1, seq: 5, following: true });
    server.rooms = [{ ...room, head: 6, n: 1, mentions: [4, 6], mention_roots: { 4: 1, 6: 1 } }, other];
    chat.refreshList();
    await settled();
    expect(mentions()).toEqual([6]);
  });

  test('of the list and those that came since are put together', async () => {
    deliver(store('1', { data: { mentions: [me] } }));
    deliver(store('1', { data: { mentions: [me] } }));
    const [room, other] = server.rooms;
    if (room === undefined || other === undefined) throw new Error('There are two rooms.');
    server.rooms = [{ ...room, head: 1, n: 1, mentions: [1] }, other];
    chat.refreshList();
    await settled();
    expect(mentions()).toEqual([1, 2]);
  });
});

describe('a thread', () => {
  let replies: Event[];
  let thread: Thread;

  beforeEach(async () => {
    thread = { room: '1', root: store('1'), unread: 2, read_seq: 1, following: true };
    replies = [store('1', { type: 'reply', about: 1 }), store('1', { type: 'reply', about: 1 })];
    thread.root = { ...thread.root, state: { changed: 3, replies: 2, last_reply: 3000 } };
    server.extra = (one) => {
      if (one.path === '/threads') return { threads: [thread], complete: true };
      if (one.path === '/rooms/1/threads/1') return { thread, replies, complete: true };
      return {};
    };
    last().receive(resumed({ '1': 3, '2': 0 }));
    chat.list.head('1', { head: 3, n: 1 });
  });

  test('shows its replies and what becomes of them, live', async () => {
    const log = new ThreadLog(chat.conversation.threads.source('1', 1));
    await log.open();
    deliver(store('1', { type: 'reply', about: 1, body: 'third' }));
    deliver(store('1', { type: 'reacted', about: 2, body: '', data: { emoji: '👍', on: true } }));
    deliver(store('1', { type: 'edited', about: 1, body: 'the root, in other words' }));
    deliver(store('1', { type: 'reply', about: 6, body: 'of another thread' }));
    const { replies: held, thread: now } = log.view.get();
    expect(held.map((reply) => reply.seq)).toEqual([2, 3, 4]);
    expect(held[0]?.state?.reactions).toHaveLength(1);
    expect(now?.root).toMatchObject({ body: 'the root, in other words', state: { replies: 3 } });
    log.close();
  });

  test('misses no reply that was lost on the way, and shows mine at once meanwhile', async () => {
    const log = new ThreadLog(chat.conversation.threads.source('1', 1));
    await log.open();
    store('1', { type: 'reply', about: 1, body: 'lost' });
    deliver(store('1', { type: 'reply', about: 1, sender: me, cmid: 'c', body: 'mine' }));
    expect(log.view.get().replies.map((reply) => reply.seq)).toEqual([2, 3, 5]);
    await clock.pass(3_000);
    expect(log.view.get().replies.map((reply) => reply.seq)).toEqual([2, 3, 4, 5]);
    expect(log.view.get().thread?.root.state?.replies).toBe(4);
    log.close();
  });

  test('counts what I have not read, until I have', async () => {
    const { threads } = chat.conversation;
    await threads.refresh();
    expect(unreadReplies(threads.view.get())).toBe(2);
    deliver(store('1', { type: 'reply', about: 1 }));
    expect(unreadReplies(threads.view.get())).toBe(3);
    threads.read('1', 1, 4);
    expect(unreadReplies(threads.view.get())).toBe(0);
    await clock.pass(1_000);
    expect(asks('PUT')).toEqual(['/rooms/1/threads/1 {"read_seq":4}']);
    // A list from before that does not bring it back.
    await threads.refresh();
    expect(unreadReplies(threads.view.get())).toBe(0);
  });

  test('that was read on another device is read here, but for what came behind', async () => {
    const { threads } = chat.conversation;
    await threads.refresh();
    deliver(store('1', { type: 'reply', about: 1 }));
    deliver(store('1', { type: 'reply', about: 1 }));
    last().receive({ t: 'user', useq: 1, type: 'thread_read', room: '1', root: 1, seq: 4, following: true });
    expect(unreadReplies(threads.view.get())).toBe(1);
    last().receive({ t: 'user', useq: 2, type: 'thread_read', room: '1', seq: 5 });
    expect(unreadReplies(threads.view.get())).toBe(0);
  });

  test('keeps a reply that came while its list was under way', async () => {
    const { threads } = chat.conversation;
    await threads.refresh();
    const under_way = threads.refresh();
    deliver(store('1', { type: 'reply', about: 1 }));
    await under_way;
    expect(unreadReplies(threads.view.get())).toBe(3);
  });

  test('that is not in the list is asked for once, and again when I write in it', async () => {
    const { threads } = chat.conversation;
    await threads.refresh();
    const lists = (): number => asked.filter((one) => one.path === '/threads').length;
    const before = lists();
    deliver(anEvent(4, { type: 'reply', about: 99 }));
    await clock.pass(5_000);
    deliver(anEvent(5, { type: 'reply', about: 99 }));
    await clock.pass(5_000);
    expect(lists()).toBe(before + 1);
    deliver(anEvent(6, { type: 'reply', about: 99, sender: me }));
    await clock.pass(5_000);
    expect(lists()).toBe(before + 2);
  });
});
