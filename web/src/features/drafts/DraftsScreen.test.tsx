// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import { SessionContext } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { notice } from '@/state/notice';
import { aRoom } from '@/testing/fakes';
import { DraftsScreen } from './DraftsScreen';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

test('a draft that is thrown away can be taken back, and the next one has the focus', async () => {
  const drafts = new Drafts('7');
  drafts.set('1', 'first words');
  drafts.set('2', 'second words');
  const rooms = new Store(new Map(['1', '2'].map((id) => [id, aRoom(id)])));
  render(
    <SessionContext value={{ chat: { list: { rooms } } as unknown as Chat, drafts }}>
      <DraftsScreen />
    </SessionContext>,
  );
  const [away] = screen.getAllByRole('button', { name: /Throw away/ });
  away?.focus();
  fireEvent.click(away as HTMLElement);
  await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('link', { name: /words/ })));
  act(() => notice.get()?.undo?.());
  await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(2));
  expect([drafts.get('1'), drafts.get('2')]).toEqual(['first words', 'second words']);
});
