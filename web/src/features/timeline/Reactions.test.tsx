// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SessionContext } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { beginChat, chat } from '@/testing/chat_bench';
import { anEvent, aUser } from '@/testing/fakes';
import type { MessageActions } from './actions';
import { Reactions, whoReacted } from './Reactions';

const users = new Map(['8', '9', '10', '11'].map((id) => [id, aUser(id, `P${id}`)]));
const who = (ids: string[], count = ids.length): string => whoReacted({ emoji: '👍', count, users: ids }, users, '7');

afterEach(cleanup);
beforeEach(beginChat);

describe('who reacted', () => {
  test.each([
    [['7'], 1, 'You'],
    [['8', '7'], 2, 'You and P8'],
    [['8', '9', '10'], 3, 'P8, P9 and P10'],
    [['8', '9', '10', '7'], 4, 'You, P8, P9 and P10'],
    [['8', '9', '10', '11', '7'], 5, 'You, P8, P9 and 2 others'],
    [['8', '9', '10'], 250, 'P8, P9, P10 and 247 others'],
  ])('%j of %i', (ids, count, words) => {
    expect(who(ids, count)).toBe(words);
  });
});

test('a press on a reaction puts mine there, or takes it away', () => {
  const react = vi.fn();
  const event = anEvent(1, {
    state: {
      changed: 3,
      reactions: [
        { emoji: '👍', count: 2, users: ['7', '8'] },
        { emoji: '🎉', count: 1, users: ['8'] },
      ],
    },
  });
  render(
    <SessionContext value={{ chat, drafts: new Drafts('7') }}>
      <Reactions event={event} actions={{ react } as unknown as MessageActions} />
    </SessionContext>,
  );
  const mine = screen.getByRole('button', { name: /^👍 2: You/ });
  expect(mine.getAttribute('aria-pressed')).toBe('true');
  fireEvent.click(mine);
  fireEvent.click(screen.getByRole('button', { name: /^🎉 1/ }));
  expect(react.mock.calls.map(([, emoji, on]) => [emoji, on])).toEqual([
    ['👍', false],
    ['🎉', true],
  ]);
});
