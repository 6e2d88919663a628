import { describe, expect, test } from 'vitest';
import type { Member, UserGroup } from '@/protocol/ops.gen';
import { aRoom, aUser } from '@/testing/fakes';
import { findCommands, findPeople, findRooms } from './completion';
import { placeAt } from './place';

describe('the place of a completion', () => {
  test.each([
    ['@', 'person', '', 0],
    ['hi @ad', 'person', 'ad', 3],
    ['(@ad', 'person', 'ad', 1],
    ['@jos\u00e9.m-1', 'person', 'jos\u00e9.m-1', 0],
    ['see #gar', 'room', 'gar', 4],
    ['so :smi', 'emoji', 'smi', 3],
    [':+1', 'emoji', '+1', 0],
    [':gül', 'emoji', 'gül', 0],
    [':猫', 'emoji', '猫', 0],
    ['/', 'command', '', 0],
    ['/inv', 'command', 'inv', 0],
    ['/invite @b', 'person', 'b', 8],
    ['```\na\n```\n@b', 'person', 'b', 10],
  ])('%s', (text, kind, query, from) => {
    expect(placeAt(text, text.length)).toEqual({ kind, query, from, to: text.length });
  });

  test.each([
    'a@b',
    'a@b.co',
    '10:30',
    'so :s',
    ':)',
    'a /inv',
    '/invite x',
    '`@a',
    '```\n@a',
    '@a b',
    'https://x.org/#a',
    '# a',
  ])('none in %s', (text) => {
    expect(placeAt(text, text.length)).toBeUndefined();
  });

  test('is that of the caret', () => {
    expect(placeAt('@ada and @ben', 4)?.query).toBe('ada');
    expect(placeAt('@ada and @ben', 7)).toBeUndefined();
  });
});

describe('the people offered', () => {
  const [me, ada, adam, ben] = [aUser('1', 'Me'), aUser('2', 'Ada'), aUser('3', 'Adam'), aUser('4', 'Ben')];
  const members = [me, adam, ben].map((user): Member => {
    return { user, role: 'member', joined_at: 1, delivered_seq: 0, read_seq: 0 };
  });
  const search = {
    members,
    users: [ada, ben],
    speakers: [] as string[],
    groups: [] as UserGroup[],
    room: aRoom('9'),
    me: me.id,
  };
  const found = (query: string, part: Partial<typeof search> = {}): string[] =>
    findPeople({ ...search, ...part, query }).map((one) =>
      'user' in one ? one.user.display_name : 'group' in one ? `@${one.group.handle}` : `@${one.everybody}`,
    );

  test('have the groups behind them, those that fit best first, and some of them always', () => {
    const group = (id: string, handle: string, title: string): UserGroup => ({ id, handle, title, people: 3 });
    const groups = [group('1', 'leads', 'All admins'), group('2', 'admins', 'Ops'), group('3', 'benders', 'Pipes')];
    expect(found('ad', { groups })).toEqual(['Adam', 'Ada', '@admins', '@leads']);
    expect(found('bend', { groups })).toEqual(['@benders']);
    expect(found('', { groups })).toEqual(['Adam', 'Ben', 'Ada', '@leads', '@admins', '@benders', '@all', '@here']);
    const crowd = Array.from({ length: 12 }, (_, n) => aUser(String(20 + n), `Adam ${n}`));
    const many = found('ad', { groups, users: crowd });
    expect(many).toHaveLength(8);
    expect(many.slice(-2)).toEqual(['@admins', '@leads']);
  });

  test('are the members first, each once, and never myself', () => {
    expect(found('ad')).toEqual(['Adam', 'Ada']);
    expect(found('')).toEqual(['Adam', 'Ben', 'Ada', '@all', '@here']);
    expect(found('me')).toEqual([]);
  });

  test('who wrote last comes before others', () => {
    expect(found('', { speakers: [ben.id] })[0]).toBe('Ben');
  });

  test('are everybody too, but not in a conversation of two', () => {
    expect(found('al')[0]).toBe('@all');
    expect(found('he')).toEqual(['@here']);
    expect(found('al', { room: aRoom('9', { kind: 'dm', name: '' }) })).toEqual([]);
  });
});

test('only rooms whose names are one word are offered', () => {
  const rooms = [
    aRoom('1', { name: 'garden' }),
    aRoom('2', { name: 'night garden' }),
    aRoom('3', { kind: 'dm', name: '' }),
    aRoom('4', { kind: 'private', name: 'gardeners' }),
  ];
  expect(findRooms('gard', rooms).map((room) => room.name)).toEqual(['garden', 'gardeners']);
  expect(findCommands('').length).toBeGreaterThan(3);
  expect(findCommands('Sh').map((command) => command.name)).toEqual(['shrug']);
});
