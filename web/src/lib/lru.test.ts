import { expect, test } from 'vitest';
import { Lru } from './lru';

test('keeps what was asked for last, up to its weight', () => {
  const made: string[] = [];
  const lru = new Lru<string, string>(6, (key) => key.length);
  const get = (key: string): string =>
    lru.get(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  for (const key of ['aa', 'bb', 'cc', 'aa', 'dd', 'aa', 'bb']) expect(get(key)).toBe(key.toUpperCase());
  expect(made).toEqual(['aa', 'bb', 'cc', 'dd', 'bb']);
  expect(get('much too heavy')).toBe('MUCH TOO HEAVY');
  expect(lru.size).toBe(1);
});

test('keeps an undefined value too', () => {
  let made = 0;
  const lru = new Lru<string, undefined>(6, () => 1);
  for (let i = 0; i < 3; i++) lru.get('a', () => void made++);
  expect(made).toBe(1);
});
