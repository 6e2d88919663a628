import { describe, expect, test } from 'vitest';
import { aRoom, aUser } from '@/testing/fakes';
import { findHits } from './hits';

const rooms = [
  aRoom('1', { name: 'general' }),
  aRoom('2', { name: 'launch' }),
  aRoom('3', { name: 'lunch', n: 4, read_n: 1 }),
  aRoom('4', { kind: 'dm', name: '', peer: aUser('8', 'José Álvarez') }),
];
const users = [aUser('7', 'Ada'), aUser('8', 'José Álvarez'), aUser('9', 'Launa')];
const search = { rooms, users, recent: [] as string[], me: '7' };

function names(query: string, part: Partial<typeof search> = {}): string[] {
  return findHits({ ...search, ...part, query }).map((hit) => hit.name);
}

describe('the switcher', () => {
  test('finds rooms and people by parts, without accents and signs', () => {
    expect(names('jose')).toEqual(['José Álvarez']);
    expect(names('#laun').sort()).toEqual(['Launa', 'launch']);
    expect(names('lnch')).toEqual(['lunch', 'launch']);
    expect(names('nobody')).toEqual([]);
  });

  test('puts what is unread first, then what was looked at last', () => {
    expect(names('', { recent: ['2', '1'] }).slice(0, 3)).toEqual(['lunch', 'launch', 'general']);
  });

  test('offers each person once, and never myself', () => {
    expect(names('').filter((name) => name === 'José Álvarez')).toHaveLength(1);
    expect(names('')).not.toContain('Ada');
  });
});
