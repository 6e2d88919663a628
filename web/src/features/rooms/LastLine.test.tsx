// @vitest-environment happy-dom
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import { countHours } from '@/lib/time';
import type { Event, Room } from '@/protocol/ops.gen';
import { type Session, SessionContext } from '@/state/context';
import { aFile, anEvent, aRoom, aUser } from '@/testing/fakes';
import { LastLine } from './LastLine';
import { RoomRow } from './RoomRow';

const NOW = new Date(2026, 2, 12, 12, 10).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-GB']);
  countHours('24');
});
afterEach(() => {
  cleanup();
  countHours('locale');
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const need = vi.fn();

function shown(part: Partial<Room>, blocked: string[] = []): HTMLElement {
  const people = { users: new Store(new Map([['8', aUser('8', 'Ben')]])), need, get: () => undefined };
  const account = { blocks: (id: string) => blocked.includes(id), blocked: new Store(new Set(blocked)) };
  const chat = { me: aUser('7', 'Ada'), people, account } as unknown as Chat;
  return render(
    <I18nProvider i18n={i18n}>
      <SessionContext value={{ chat } as Session}>
        <RoomRow room={aRoom('1', part)} on={false} draft={false} presence={undefined} Last={LastLine} />
      </SessionContext>
    </I18nProvider>,
  ).container;
}

const said = (part: Partial<Event>): Partial<Room> => ({
  last: anEvent(3, { sender: '8', ts: NOW - 9 * MINUTE, ...part }),
});

function line(part: Partial<Room>, blocked?: string[]): string[] {
  const parts = shown(part, blocked).querySelector('.side-last')?.children ?? [];
  return [...parts].map((one) => one.textContent ?? '');
}

describe('the second line of a room', () => {
  test.each<[string, Partial<Room>, string[]]>([
    ['of somebody', said({ body: 'All **green**\nsince ten' }), ['Ben:', 'All green', '12:01']],
    ['of mine', said({ body: 'On it.', sender: '7' }), ['You:', 'On it.', '12:01']],
    ['of a direct message', { kind: 'dm', peer: aUser('8', 'Ben'), ...said({ body: 'Lunch?' }) }, ['Lunch?', '12:01']],
    ['of somebody not known yet', said({ body: 'Hello', sender: '9' }), ['Hello', '12:01']],
    ['with a photo', said({ body: '', data: { files: [aFile({ kind: 'image' })] } }), ['Ben:', 'Photo', '12:01']],
    ['hidden in part', said({ body: 'It was ||the\nbutler||.' }), ['Ben:', 'It was ▒▒▒▒.', '12:01']],
    [
      'hidden, and cut',
      said({ body: `It was ||${'he '.repeat(100)}`.slice(0, 200) }),
      ['Ben:', 'It was ▒▒▒▒', '12:01'],
    ],
    ['deleted', said({ body: '' }), ['Ben:', 'This message was deleted.', '12:01']],
    ['of an empty room', {}, ['No messages yet']],
  ])('%s', (_, part, words) => {
    expect(line(part)).toEqual(words);
  });

  test('of somebody who is blocked says neither what nor who', () => {
    expect(line(said({ body: 'Hey' }), ['8'])).toEqual(['A message of somebody you block.', '12:01']);
  });

  test('of marks without a word shows the marks', () => {
    expect(line(said({ body: '```\n```' }))).toContain('```');
  });

  test.each([
    [NOW - DAY, 'Yesterday'],
    [NOW - 2 * DAY, 'Tue'],
    [NOW - 8 * DAY, '4 Mar'],
    [NOW - 400 * DAY, '5 Feb 2025'],
  ])('says the day of %d as shortly as it can', (ts, when) => {
    expect(line(said({ ts, body: 'x' })).at(-1)).toBe(when);
  });

  test('describes the room, and is no part of its name', () => {
    const row = shown({ name: 'general', ...said({ body: 'Hello' }) }).querySelector('a');
    const described = row?.querySelector(`#${row.getAttribute('aria-describedby')}`);
    expect(described?.textContent).toContain('Hello');
    expect(described?.getAttribute('aria-hidden')).toBe('true');
    expect(need).toHaveBeenCalledWith(['8']);
  });
});
