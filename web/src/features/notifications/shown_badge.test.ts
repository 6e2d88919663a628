import { beforeEach, expect, test } from 'vitest';
import { beginChat, chat, clock, deliver, store } from '@/testing/chat_bench';
import { badgeOf, titleOf } from './badge';
import { READ_WITHIN_MS, ShownBadge } from './shown_badge';

let looks: boolean;
let titles: string[];
let shown: ShownBadge;

beforeEach(async () => {
  await beginChat();
  looks = true;
  titles = [];
  shown = new ShownBadge(
    clock,
    () => looks,
    () => {
      const title = titleOf(badgeOf(chat.list.rooms.get().values(), 'all', clock.now()), 'Parley');
      if (title !== titles.at(-1)) titles.push(title);
    },
  );
  shown.now();
  chat.list.rooms.subscribe(() => shown.changed());
});

test('a message that is read as it comes changes no sign', async () => {
  for (let n = 1; n <= 5; n++) {
    deliver(store('1'));
    chat.reading.seen('1', { seq: n, n });
    await clock.pass(50);
  }
  await clock.pass(READ_WITHIN_MS);
  expect(titles).toEqual(['Parley']);
});

test('one that is not read does, soon, however many follow it', async () => {
  for (let n = 1; n <= 10; n++) {
    deliver(store('2'));
    await clock.pass(50);
  }
  expect(titles.length).toBeGreaterThan(1);
  await clock.pass(READ_WITHIN_MS);
  expect(titles.at(-1)).toBe('(10) Parley');
});

test('a page that nobody looks at tells at once, and an ended one nothing', async () => {
  looks = false;
  deliver(store('1'));
  expect(titles.at(-1)).toBe('(1) Parley');
  looks = true;
  deliver(store('1'));
  shown.stop();
  await clock.pass(READ_WITHIN_MS);
  expect(titles.at(-1)).toBe('(1) Parley');
});
