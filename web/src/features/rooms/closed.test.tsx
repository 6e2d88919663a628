// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Chat } from '@/client/chat';
import { ApiError } from '@/client/error';
import { Store } from '@/lib/store';
import type { Event, Room } from '@/protocol/ops.gen';
import { type Session, SessionContext } from '@/state/context';
import { aRoom, aUser } from '@/testing/fakes';
import { BansPart } from './BansPart';
import { RoomScreen } from './RoomScreen';
import { useClosed } from './useClosed';

afterEach(cleanup);

function within(parts: object, children: ReactNode) {
  const chat = { me: aUser('7', 'Ada'), ...parts } as unknown as Chat;
  return render(<SessionContext value={{ chat } as Session}>{children}</SessionContext>);
}

describe('why nothing can be written', () => {
  function Why({ room }: { room: Room }) {
    return `${useClosed(room, 'send')?.icon} ${useClosed(room, 'reply')?.icon}`;
  }
  function why(room: Partial<Room>, events: Partial<Event>[] = []): string | null {
    const log = () => ({ view: new Store({ events }) });
    const { container } = within({ log }, <Why room={aRoom('1', room)} />);
    return container.textContent;
  }

  test('is the same in threads, but for what only replies may', () => {
    expect(why({})).toBe('undefined undefined');
    expect(why({ announcement: true })).toBe('horn undefined');
    expect(why({ announcement: true, permissions: { reply: 'moderator' } })).toBe('lock lock');
    expect(why({ archived_at: 1 })).toBe('archive archive');
    expect(why({ muted_until: Date.now() + 60_000 })).toBe('bell_off bell_off');
  });

  test('is in slow mode a reply that was just sent, too', () => {
    const sent = (type: Event['type']) => [{ type, sender: '7', ts: Date.now() }];
    expect(why({ slow_mode_s: 60 }, sent('reply'))).toBe('clock clock');
    expect(why({ slow_mode_s: 60 }, sent('message'))).toBe('clock clock');
    expect(why({ slow_mode_s: 60 }, sent('joined'))).toBe('undefined undefined');
  });
});

describe('a room I am not in', () => {
  test('is not said to be missing by a server that does not answer', async () => {
    const call = vi.fn().mockRejectedValue(new ApiError('network', 'No connection.'));
    const list = { rooms: new Store(new Map()), loaded: new Store(true) };
    const screens = { target: undefined, thread: undefined, members: false, onMembers: () => {} };
    within({ list, api: { call } }, <RoomScreen id="9" {...screens} />);
    const again = await screen.findByRole('button', { name: 'Try again' });
    expect(screen.queryByText(/no such room/)).toBeNull();
    call.mockRejectedValue(new ApiError('room_not_found', 'There is no such room.', 404));
    fireEvent.click(again);
    await screen.findByText(/no such room/);
  });
});

describe('the bans of a room', () => {
  test('say when they cannot be loaded', async () => {
    const call = vi.fn().mockRejectedValue(new ApiError('network', 'No connection.'));
    const log = () => ({ view: new Store({ events: [] }) });
    within({ log, api: { call } }, <BansPart room={aRoom('1')} onClose={() => {}} />);
    expect((await screen.findByRole('alert')).textContent).toBe('No connection.');
  });
});
