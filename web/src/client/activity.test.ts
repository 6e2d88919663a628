import { describe, expect, test } from 'vitest';
import type { Activity as Item } from '@/protocol/ops.gen';
import { ActivityList } from './activity';
import type { Chat } from './chat';

const item = (seq: number): Item =>
  ({ kind: 'mention', room: '1', seq, by: '8', ts: seq * 1_000, text: `words ${seq}` }) as Item;

/** Pages of three, the newest first; each is answered when the test says so. */
function served(newest: () => number) {
  const waiting: (() => void)[] = [];
  const call = (_: string, { query }: { query: { after?: string } }) =>
    new Promise((resolve) => {
      waiting.push(() => {
        const from = query.after === undefined ? newest() : Number(query.after);
        const items = [from, from - 1, from - 2].filter((seq) => seq > 0).map(item);
        const next = from - 3;
        resolve({ items, seen: 0, complete: next <= 0, ...(next > 0 ? { next: String(next) } : {}) });
      });
    });
  const chat = { api: { call }, people: { need: () => {} } } as unknown as Chat;
  const list = new ActivityList(chat, undefined, () => {});
  return { list, waiting, seqs: () => list.view.get().items.map(({ seq }) => seq) };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('a list of activity', () => {
  test('that comes anew while older items are on their way gets those all the same', async () => {
    let newest = 9;
    const { list, waiting, seqs } = served(() => newest);
    void list.refresh();
    waiting.shift()?.();
    await turn();
    expect(seqs()).toEqual([9, 8, 7]);
    void list.loadOlder();
    newest = 10;
    void list.refresh();
    const [older, fresh] = waiting.splice(0);
    fresh?.();
    await turn();
    older?.();
    await turn();
    expect(list.view.get().older).toBe('loading');
    waiting.shift()?.();
    await turn();
    expect(seqs()).toEqual([10, 9, 8, 7, 6, 5, 4]);
  });
});
