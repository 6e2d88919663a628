import { describe, expect, it } from 'vitest';
import type { Api } from '@/client/api';
import { GroupBook } from './book';

/** A server that answers when it is told to. */
function make() {
  const due: { answer: (handle: string) => void; fail: () => void }[] = [];
  const api = {
    call: () =>
      new Promise((done, failed) =>
        due.push({
          answer: (handle) => done({ groups: [{ id: '3', handle, title: 'Ops', people: 2 }], may_make: false }),
          fail: () => failed(new Error('away')),
        }),
      ),
  } as unknown as Api;
  const book = new GroupBook({ api });
  return { book, due, handle: () => book.list.get()?.groups[0]?.handle };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

describe('the book of groups', () => {
  it('asks each time it is needed, once at a time', async () => {
    const { book, due, handle } = make();
    expect(book.list.get()).toBeUndefined();
    book.need();
    book.need();
    expect(due).toHaveLength(1);
    due[0]?.answer('ops');
    await settled();
    expect(handle()).toBe('ops');
    book.need();
    expect(due).toHaveLength(2);
    expect(handle(), 'what it has, meanwhile').toBe('ops');
    due[1]?.answer('crew');
    await settled();
    expect(handle()).toBe('crew');
  });

  it('keeps what it has when no answer comes, and asks again', async () => {
    const { book, due, handle } = make();
    book.need();
    due[0]?.answer('ops');
    await settled();
    book.need();
    due[1]?.fail();
    await settled();
    expect(handle()).toBe('ops');
    book.need();
    expect(due).toHaveLength(3);
  });

  it('takes no answer from before a change that it was told of', async () => {
    const { book, due, handle } = make();
    book.need();
    const changed = book.refresh();
    due[1]?.answer('fresh');
    await changed;
    due[0]?.answer('old');
    await settled();
    expect(handle()).toBe('fresh');
  });
});
