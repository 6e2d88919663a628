// @vitest-environment happy-dom
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import type { Room } from '@/protocol/ops.gen';
import { type Session, SessionContext } from '@/state/context';
import { aRoom, aUser } from '@/testing/fakes';
import { RoomRow } from './RoomRow';

afterEach(cleanup);

function badges(part: Partial<Room>): string[] {
  const people = { users: new Store(new Map()), need: () => {} };
  const chat = { me: aUser('7', 'Ada'), people } as unknown as Chat;
  const room = aRoom('1', { n: 3, read_n: 1, ...part });
  const { container } = render(
    <I18nProvider i18n={i18n}>
      <SessionContext value={{ chat } as Session}>
        <RoomRow room={room} on={false} draft={false} presence={undefined} />
      </SessionContext>
    </I18nProvider>,
  );
  return [...container.querySelectorAll('.badge-count')].map((one) => `${one.className}: ${one.textContent}`);
}

test('only what is meant for one calls: names and direct messages; a room has a number', () => {
  expect(badges({})).toEqual(['badge-count badge-plain: 2 unread']);
  cleanup();
  expect(badges({ kind: 'dm', peer: aUser('8', 'Ben') })).toEqual(['badge-count: 2 unread']);
  cleanup();
  expect(badges({ mentions: [3] })).toEqual([
    'badge-count badge-mention: @1 mention',
    'badge-count badge-plain: 2 unread',
  ]);
});
