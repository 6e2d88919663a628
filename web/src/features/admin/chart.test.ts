import { expect, test } from 'vitest';
import { bytesWords, niceTop } from './chart';

test('a scale ends at a round number that nothing is above', () => {
  expect([0, 4, 5, 11, 20, 21, 50, 99, 1_001, 123_456].map(niceTop)).toEqual([
    4, 4, 6, 20, 20, 40, 60, 100, 2_000, 200_000,
  ]);
});

test('a scale is not much higher than what it shows', () => {
  expect([32, 365].map(niceTop)).toEqual([40, 400]);
});

test('sizes are told in the unit that has few digits', () => {
  expect([0, 999, 1_000, 123_456, 12_345_678, 7_500_000_000].map(bytesWords)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 KB',
    '123 KB',
    '12.3 MB',
    '7.5 GB',
  ]);
});
