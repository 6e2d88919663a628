import { expect, test } from 'vitest';
import { aRoom } from '@/testing/fakes';
import { badgeOf, signOf, titleOf } from './badge';

const NOW = 1_790_000_000_000;

test('the title counts what is unread, the sign what is meant for me', () => {
  const rooms = [
    aRoom('1', { n: 5, read_n: 2 }),
    aRoom('2', { n: 1, kind: 'dm' }),
    aRoom('3', { n: 2, mentions: [2] }),
    aRoom('4'),
  ];
  expect(badgeOf(rooms, 'mentions', NOW)).toEqual({ unread: 6, mine: 2 });
});

test('of a muted room nothing is counted, until its time is over', () => {
  const rooms = [aRoom('1', { n: 3, mentions: [3], quiet_until: NOW + 1 })];
  expect(badgeOf(rooms, 'all', NOW)).toEqual({ unread: 0, mine: 0 });
  expect(badgeOf(rooms, 'all', NOW + 1)).toEqual({ unread: 3, mine: 1 });
});

test('of a room with the level none only what names me is told of, without a number', () => {
  const rooms = [aRoom('1', { n: 3, mentions: [3], notify: 'none' }), aRoom('2', { n: 9, kind: 'dm', notify: 'none' })];
  expect(badgeOf(rooms, 'all', NOW)).toEqual({ unread: 1, mine: 0 });
});

test('a reply that names me counts although the room has nothing else', () => {
  expect(badgeOf([aRoom('1', { mentions: [4, 5] })], 'mentions', NOW)).toEqual({ unread: 2, mine: 2 });
});

test('a message that has a keyword counts as one that names me, once', () => {
  const rooms = [aRoom('1', { n: 4, mentions: [3] }), aRoom('2', { n: 2, notify: 'none' })];
  const hits = new Map([
    ['1', [3, 4]],
    ['2', [1]],
  ]);
  expect(badgeOf(rooms, 'mentions', NOW, hits)).toEqual({ unread: 5, mine: 2 });
});

test('the title and the sign say it', () => {
  expect(titleOf({ unread: 0, mine: 0 }, 'Parley')).toBe('Parley');
  expect(titleOf({ unread: 3, mine: 0 }, 'Parley')).toBe('(3) Parley');
  expect(titleOf({ unread: 200, mine: 0 }, 'Parley')).toBe('(99+) Parley');
  expect(titleOf({ unread: 0, mine: 0 }, 'Parley', ['launch'])).toBe('launch · Parley');
  expect(titleOf({ unread: 3, mine: 0 }, 'Parley', ['Profile', 'Settings'])).toBe('(3) Profile · Settings · Parley');
  const drawn = (unread: number, mine: number): string => decodeURIComponent(signOf({ unread, mine }));
  expect(drawn(0, 0)).toBe('/favicon.svg');
  expect(drawn(3, 0)).not.toContain('<text');
  expect(drawn(3, 2)).toContain('>2</text>');
  expect(drawn(30, 20)).toContain('>9+</text>');
});
