import { describe, expect, it } from 'vitest';
import type { Api } from '@/client/api';
import { GroupBook } from './book';

function make() {
  const server = { asked: 0, away: false };
  const api = {
    call: async () => {
      server.asked++;
      if (server.away) throw new Error('away');
      return { groups: [{ id: '3', handle: 'ops', title: 'Ops', people: 2 }], may_make: false };
    },
  } as unknown as Api;
  return { book: new GroupBook({ api }), server };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

describe('the book of groups', () => {
  it('asks when it is needed, and again when what it holds is old', async () => {
    const { book, server } = make();
    expect(book.list.get()).toBeUndefined();
    book.need(100_000);
    book.need(100_001);
    await settled();
    expect(server.asked).toBe(1);
    expect(book.list.get()?.groups[0]?.handle).toBe('ops');
    book.need(159_999);
    expect(server.asked).toBe(1);
    book.need(160_000);
    expect(server.asked).toBe(2);
  });

  it('asks again at once after no answer, and keeps what it has', async () => {
    const { book, server } = make();
    book.need(100_000);
    await settled();
    server.away = true;
    book.need(200_000);
    await settled();
    expect(book.list.get()?.groups).toHaveLength(1);
    book.need(200_001);
    expect(server.asked).toBe(3);
    await settled();
  });
});
