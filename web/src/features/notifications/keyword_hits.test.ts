import { beforeEach, expect, test } from 'vitest';
import type { Event } from '@/protocol/ops.gen';
import { asked, beginChat, chat, deliver, store } from '@/testing/chat_bench';
import { aMe, aUser, settled } from '@/testing/fakes';
import { KeywordHits } from './keyword_hits';

let hits: KeywordHits;

const seqs = (room: string): readonly number[] => hits.found.get().get(room) ?? [];
const want = (...keywords: string[]): void => chat.account.me.set(aMe(aUser('7', 'Ada'), { keywords }));

async function said(body: string, part: Partial<Event> = {}): Promise<Event> {
  const event = store('1', { body, ...part });
  deliver(event);
  await settled();
  return event;
}

beforeEach(async () => {
  await beginChat();
  hits = new KeywordHits(chat);
  hits.start();
});

test('what arrives with a keyword is counted until it is read', async () => {
  want('boat');
  await said('my boat', { sender: '7' });
  await said('a boat');
  await said('a car');
  await said('boats');
  const last = await said('the boat again');
  expect(seqs('1')).toEqual([2, 5]);
  chat.list.read('1', { seq: 2, n: 2, gen: 0 });
  expect(seqs('1')).toEqual([5]);
  await said('', { type: 'deleted', about: last.seq });
  expect(seqs('1')).toEqual([]);
});

test('what was unread already is looked through once, and again for other keywords', async () => {
  await said('a boat');
  await said('a car');
  expect(seqs('1')).toEqual([]);
  want('boat');
  await settled();
  expect(seqs('1')).toEqual([1]);
  const looks = (): number => asked.filter((one) => one.path.endsWith('/messages')).length;
  const before = looks();
  want('boat');
  await said('nothing');
  expect(looks()).toBe(before);
  want('car');
  await settled();
  expect(seqs('1')).toEqual([2]);
});

test('without keywords nothing is asked', async () => {
  await said('a boat');
  want();
  await settled();
  expect(asked.filter((one) => one.path.endsWith('/messages'))).toEqual([]);
});
