import { expect, test } from 'vitest';
import type { OutboxEntry } from '@/client/outbox_store';
import { whereaboutsOf } from './whereabouts';

const entry = (cmid: string, order: number, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  v: 2,
  kind: 'text',
  body: cmid,
  cmid,
  user: '1',
  device: 'mine',
  room: '7',
  at: 0,
  order,
  state: 'pending',
  ...more,
});

const one = entry('one', 1);
const two = entry('two', 2);
const known = {
  entry: two,
  entries: [one, two],
  device: 'mine',
  socket: { status: 'ready' } as const,
  sentAt: (): number | undefined => undefined,
};

test('without a connection it is here, whatever was sent before', () => {
  const socket = { status: 'waiting', attempt: 1, until: 5 } as const;
  expect(whereaboutsOf({ ...known, socket, sentAt: () => 3 })).toEqual({ at: 'here' });
});

test('it waits for those before it in its room, and for no others', () => {
  expect(whereaboutsOf(known)).toEqual({ at: 'behind', count: 1 });
  expect(whereaboutsOf({ ...known, entries: [entry('one', 1, { room: '8' }), two] })).toEqual({ at: 'next' });
  expect(whereaboutsOf({ ...known, entries: [entry('one', 1, { state: 'failed' }), two] })).toEqual({ at: 'next' });
  const file = { key: 'k', name: 'a.png', size: 1, type: 'image/png' };
  expect(whereaboutsOf({ ...known, entries: [entry('one', 1, { kind: 'files', files: [file] }), two] })).toEqual({
    at: 'next',
  });
  expect(whereaboutsOf({ ...known, entry: one })).toEqual({ at: 'next' });
});

test('what was sent says since when, what has files on the way says so, and another tab’s is that tab’s', () => {
  expect(whereaboutsOf({ ...known, sentAt: (cmid) => (cmid === 'two' ? 3 : undefined) })).toEqual({
    at: 'sent',
    since: 3,
  });
  const file = { key: 'k', name: 'a.png', size: 1, type: 'image/png' };
  expect(whereaboutsOf({ ...known, entry: entry('two', 2, { kind: 'files', files: [file] }) })).toEqual({
    at: 'files',
  });
  expect(whereaboutsOf({ ...known, device: 'another' })).toEqual({ at: 'other_tab' });
});
