import { beforeEach, expect, test } from 'vitest';
import { asked, chat, prepare, server, startChat, store } from '@/testing/chat_bench';
import { aRoom, settled } from '@/testing/fakes';
import { FIRST_EVENTS, openFirst } from './first_room';

/** Of how many of the room's questions which were asked. */
const ofMessages = () => asked.filter((one) => one.path === '/rooms/1/messages').length;

let release: () => void;

beforeEach(async () => {
  prepare();
  for (let n = 0; n < 100; n++) store('1');
  server.holding = new Promise((done) => {
    release = done;
  });
  server.alone = aRoom('1', { head: 100, n: 100, read_seq: 100, read_n: 100 });
  await startChat();
});

test('the room that the page opens with is there before the list of rooms is', async () => {
  await openFirst(chat, '1', true);
  expect([...chat.list.rooms.get().keys()]).toEqual(['1']);
  expect(chat.list.loaded.get()).toBe(false);
  const { at_end, events, status } = chat.log('1').view.get();
  expect([status, at_end, events.length]).toEqual(['ready', true, FIRST_EVENTS]);
  server.rooms = [aRoom('1', { head: 100, n: 100, name: 'by another name' }), aRoom('2')];
  release();
  await settled();
  expect([...chat.list.rooms.get().keys()]).toEqual(['1', '2']);
  expect(chat.list.get('1')?.name).toBe('by another name');
  // It was no reason to take the list for out of date.
  expect(asked.filter((one) => one.path === '/rooms')).toHaveLength(1);
});

test('a room that is read from where something new begins is left to the timeline', async () => {
  server.alone = aRoom('1', { head: 100, n: 100, read_seq: 60, read_n: 60 });
  await openFirst(chat, '1', true);
  expect(chat.list.get('1')?.read_seq).toBe(60);
  expect(ofMessages()).toBe(0);
});

test('a room I am not in is no room of mine', async () => {
  const { role: _role, ...other } = aRoom('1');
  server.alone = other;
  await openFirst(chat, '1', true);
  expect(chat.list.get('1')).toBeUndefined();
  expect(ofMessages()).toBe(0);
});

test('what comes behind the list changes nothing', async () => {
  release();
  await settled();
  server.alone = aRoom('3');
  await openFirst(chat, '3', true);
  expect(chat.list.get('3')).toBeUndefined();
});
