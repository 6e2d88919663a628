import { beforeEach, expect, test } from 'vitest';
import { Store } from '@/lib/store';
import type { Event } from '@/protocol/ops.gen';
import { wanted } from '@/state/notify';
import { beginChat, chat, clock, deliver, last, server, store } from '@/testing/chat_bench';
import { aMe, aRoom, aUser, settled } from '@/testing/fakes';
import type { Note, Permission } from './desk';
import { Notifier } from './notifier';
import type { Prefs } from './prefs';
import { Tabs } from './tabs';

interface Shown extends Note {
  closed: boolean;
}

/** What the person sees, of all tabs together. */
let shown: Shown[];
let opened: Event[];
let sounds: string[];
let kept: Map<string, string>;
let permission: Store<Permission>;
let prefs: Store<Prefs>;

const notes = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};

function aTab(tab = 'a'): { tabs: Tabs; notifier: Notifier } {
  const tabs = new Tabs({ user: '7', tab, notes, now: () => clock.now() });
  const desk = {
    permission,
    show: (note: Note) => {
      const one = { ...note, closed: false };
      shown.push(one);
      return () => {
        one.closed = true;
        note.onClose();
      };
    },
  };
  const notifier = new Notifier({
    chat,
    clock,
    desk,
    tabs,
    prefs,
    play: (sound) => sounds.push(sound),
    open: (event) => opened.push(event),
  });
  notifier.start();
  return { tabs, notifier };
}

beforeEach(async () => {
  shown = [];
  opened = [];
  sounds = [];
  kept = new Map();
  permission = new Store<Permission>('granted');
  prefs = new Store<Prefs>({ on: true, sound: 'drop', hide_text: false, declined: false });
  wanted.set(false);
  await beginChat();
  server.extra = undefined;
  chat.people.put([{ ...aUser('8', 'Ben'), version: 1 }]);
  chat.account.me.set(aMe(aUser('7', 'Ada'), { notify_rooms: 'all' }));
  await clock.pass(1_000);
  chat.account.me.set(aMe(aUser('7', 'Ada'), { notify_rooms: 'all' }));
});

/** Somebody writes, and it arrives. */
async function said(body: string, part: Partial<Event> = {}, room = '1'): Promise<Event> {
  const event = store(room, { body, ts: clock.now(), ...part });
  deliver(event);
  await settled();
  return event;
}

const bodies = (): string[] => shown.map((note) => note.body);

test('tells who wrote what, and where; a press opens the message', async () => {
  aTab();
  const event = await said('a **bold** word, ||and a secret||');
  expect(shown).toMatchObject([{ title: 'Ben · #room 1', body: 'a bold word, ▒▒▒▒', tag: 'parley.1' }]);
  expect(sounds).toEqual(['drop']);
  shown[0]?.onClick();
  expect(opened).toMatchObject([{ seq: event.seq }]);
});

test('is closed when the message is read here or on another device, and when it is deleted', async () => {
  aTab();
  const first = await said('one');
  chat.reading.seen('1', first);
  expect(shown[0]?.closed).toBe(true);
  const second = await said('two');
  last().receive({ t: 'user', useq: 1, type: 'read', room: '1', seq: second.seq, n: second.n });
  expect(shown[1]?.closed).toBe(true);
  const third = await said('three');
  deliver(store('1', { type: 'deleted', about: third.seq, body: '', sender: '8' }));
  expect(shown[2]?.closed).toBe(true);
});

test('is one a room, which counts, and does not sound for each message', async () => {
  aTab();
  await said('one');
  await said('two');
  await said('other', {}, '2');
  expect(shown.map(({ tag, title, again }) => [tag, title, again])).toEqual([
    ['parley.1', 'Ben · #room 1', true],
    ['parley.1', 'Ben · #room 1 (2)', false],
    ['parley.2', 'Ben · #room 2', true],
  ]);
  expect(sounds).toHaveLength(2);
});

test('several tabs show it once, and none when one of them is looked at', async () => {
  const { tabs } = aTab('a');
  aTab('b');
  await said('once');
  expect(bodies()).toEqual(['once']);
  tabs.look('1');
  await said('seen');
  await said('elsewhere', {}, '2');
  expect(bodies()).toEqual(['once', 'elsewhere']);
  tabs.look(undefined);
  await said('again');
  expect(bodies()).toEqual(['once', 'elsewhere', 'again']);
});

test('nothing comes of rooms that are muted or want nothing, of blocked people, of myself', async () => {
  aTab();
  chat.list.put(aRoom('1', { quiet_until: clock.now() + 1_000 }));
  chat.list.put(aRoom('2', { notify: 'none' }));
  await said('muted');
  await said('none', {}, '2');
  chat.list.put({ ...(chat.list.get('2') ?? aRoom('2')), notify: 'all' });
  await said('mine', { sender: '7' }, '2');
  chat.account.blocked.set(new Set(['8']));
  await said('blocked', {}, '2');
  expect(shown).toEqual([]);
  chat.account.blocked.set(new Set());
  await clock.pass(1_000);
  await said('over');
  expect(bodies()).toEqual(['over']);
});

test('at the level mentions what names me, a keyword and a thread I follow come through', async () => {
  const thread = { room: '1', root: store('1'), unread: 0, read_seq: 0, following: true };
  server.extra = () => ({ threads: [thread], complete: true });
  void chat.conversation.threads.refresh();
  await settled();
  chat.account.me.set(aMe(aUser('7', 'Ada'), { keywords: ['deploy'] }));
  aTab();
  await said('plain');
  await said('@ada!', { data: { mentions: ['7'] } });
  await said('Deploy now');
  await said('in my thread', { type: 'reply', about: 1 });
  expect(bodies()).toEqual(['@ada!', 'Deploy now', 'in my thread']);
  expect(shown[2]?.title).toBe('Ben · thread in #room 1');
});

test('a reply waits until the server has said whether I follow its thread', async () => {
  aTab();
  await said('root', { sender: '7' });
  await said('in another thread', { type: 'reply', about: 1 });
  await clock.pass(10_000);
  expect(shown).toEqual([]);
});

test('what is old when it comes is not told; what was written a moment ago is', async () => {
  aTab();
  await said('now');
  const old = store('1', { body: 'old', ts: clock.now() - 6 * 60_000 });
  const recent = store('1', { body: 'recent', ts: clock.now() - 60_000 });
  const batch = async (event: Event): Promise<void> => {
    const { n, seq } = event;
    last().receive({ t: 'batch', room: '1', from: seq, to: seq, head: seq, n, complete: true, events: [event] });
    await settled();
  };
  await batch(old);
  expect(bodies()).toEqual(['now']);
  await batch(recent);
  expect(bodies()).toEqual(['now', 'recent']);
});

test('a message of a room that is not known yet waits for it', async () => {
  aTab();
  server.rooms = [...server.rooms, aRoom('9', { kind: 'dm', peer: aUser('8', 'Ben') })];
  await said('hello', { room: '9' }, '9');
  expect(shown).toEqual([]);
  await clock.pass(2_000);
  expect(shown).toMatchObject([{ title: 'Ben', body: 'hello' }]);
});

test('without permission it asks for nothing by itself; switched off or hidden it says less', async () => {
  aTab();
  permission.set('default');
  await said('one');
  expect(shown).toEqual([]);
  expect(wanted.get()).toBe(true);
  permission.set('granted');
  prefs.set({ ...prefs.get(), on: false });
  await said('two');
  expect(shown).toEqual([]);
  prefs.set({ ...prefs.get(), on: true, hide_text: true, sound: 'none' });
  await said('three');
  expect(shown).toMatchObject([{ title: 'Ben · #room 1', body: '1 new message' }]);
});

test('in do-not-disturb nothing alerts', async () => {
  aTab();
  const quiet = { ...aUser('7', 'Ada'), version: 5, dnd: { from: 0, until: clock.now() + 60_000 } };
  chat.people.put([quiet]);
  await said('quiet');
  expect(shown).toEqual([]);
});
