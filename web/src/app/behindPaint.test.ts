// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import { beginChat, chat, deliver, store } from '@/testing/chat_bench';
import { beginBehindPaint } from './behindPaint';

const held = (): number => chat.log('1').view.get().events.length;
const press = (on: Element): boolean => on.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));
/** A frame, and what follows it. */
const painted = (): Promise<void> =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(() => setTimeout(done))));

beforeEach(async () => {
  document.body.innerHTML = '<textarea></textarea><button></button>';
  await beginChat();
  await chat.log('1').openNewest();
  beginBehindPaint(chat);
});

test('what arrives behind a key in a field is there when the key has been painted', async () => {
  press(document.querySelector('textarea') as Element);
  deliver(store('1'));
  deliver(store('1'));
  expect(held()).toBe(0);
  await painted();
  expect(held()).toBe(2);
});

test('a key elsewhere, and one of a chat that has ended, holds nothing up', async () => {
  press(document.querySelector('button') as Element);
  deliver(store('1'));
  expect(held()).toBe(1);
  const { gate } = chat.socket;
  beginBehindPaint(chat);
  expect(chat.socket.gate).toBe(gate);
  chat.stop();
  press(document.querySelector('textarea') as Element);
  expect(gate?.keeps({ t: 'event', ...store('1') })).toBe(false);
});
