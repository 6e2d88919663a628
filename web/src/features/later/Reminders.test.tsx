// @vitest-environment happy-dom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import type { LaterItem } from '@/protocol/ops.gen';
import { type Session, SessionContext } from '@/state/context';
import { reminders } from '@/state/reminders';
import { aRoom, aUser } from '@/testing/fakes';
import { Reminders } from './Reminders';

afterEach(cleanup);

const item = (id: string, part: Partial<LaterItem>): LaterItem =>
  ({ id, room: '1', place: Number(id), saved_at: 0, remind_at: 0, due_at: 1, ...part }) as LaterItem;

test('a reminder leads to its message, in its thread too, and nowhere when that is gone', () => {
  const event = { room: '1', id: '1', n: 1, sender: '8', ts: 0 };
  const items = [
    item('1', { seq: 4, event: { ...event, seq: 4, type: 'message', body: 'of the room' } }),
    item('2', { seq: 5, event: { ...event, seq: 5, type: 'reply', about: 3, body: 'of a thread' } }),
    item('3', { seq: 6 }),
  ];
  const later = { due: new Store(items), soon: () => {} };
  const list = { rooms: new Store(new Map([['1', aRoom('1')]])) };
  const chat = { me: aUser('7', 'Ada'), list, conversation: { later } } as unknown as Chat;
  render(
    <SessionContext value={{ chat } as Session}>
      <Reminders />
    </SessionContext>,
  );
  act(() => {
    for (const one of items) reminders.emit('due', one);
  });
  const ways = screen.getAllByRole('link', { name: 'Open' }).map((link) => link.getAttribute('href'));
  expect(ways).toEqual(['/r/1/t/3', '/r/1/m/4']);
  expect(screen.getByText('This message is not there for you any more.')).toBeTruthy();
});
