// @vitest-environment happy-dom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FORGET_MS } from '@/client/typing';
import { SessionContext } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { beginChat, chat, clock, sockets } from '@/testing/chat_bench';
import { TypingLine } from './TypingLine';

beforeEach(beginChat);
afterEach(cleanup);

const types = (user: string): void => act(() => sockets.at(-1)?.receive({ t: 'typing', room: '1', user, on: true }));

function show(): void {
  render(
    <SessionContext value={{ chat, drafts: new Drafts('7') }}>
      <TypingLine room="1" />
    </SessionContext>,
  );
}

test('others are shown to type until they are not heard of, oneself at another device never', async () => {
  show();
  types('7');
  expect(screen.queryByText(/typing/)).toBeNull();
  types('8');
  expect(screen.getByText(/is typing/)).toBeTruthy();
  await act(() => clock.pass(FORGET_MS + 1));
  expect(screen.queryByText(/typing/)).toBeNull();
});

test('whom one blocks is never shown to type', () => {
  act(() => chat.account.blocked.set(new Set(['8'])));
  show();
  types('8');
  expect(screen.queryByText(/typing/)).toBeNull();
  types('9');
  expect(screen.getByText(/is typing/)).toBeTruthy();
});
