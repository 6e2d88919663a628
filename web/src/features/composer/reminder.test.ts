import { expect, test } from 'vitest';
import { readReminder } from './reminder';

const ZONE = 'Europe/Berlin';
const NOW = Date.parse('2026-11-21T12:00:00Z'); // 13:00 there
const at = (iso: string): number => Date.parse(iso);

test.each([
  ['20m the oven', NOW + 20 * 60_000, 'the oven'],
  ['in 3 hours call Ana', NOW + 3 * 3_600_000, 'call Ana'],
  ['2d  post\nit', NOW + 2 * 86_400_000, 'post\nit'],
  ['14:30 tea', at('2026-11-21T13:30:00Z'), 'tea'],
  ['at 9:05 tea', at('2026-11-22T08:05:00Z'), 'tea'],
  ['tomorrow 18:00 tea', at('2026-11-22T17:00:00Z'), 'tea'],
  ['tomorrow tea', at('2026-11-22T08:00:00Z'), 'tea'],
])('%s', (text, when, note) => {
  expect(readReminder(text, NOW, ZONE)).toEqual({ at: when, note });
});

test.each(['', 'the oven', '20m', '0m tea', '25:00 tea', '9999d tea', 'tomorrow'])('%s says no time', (text) => {
  expect(readReminder(text, NOW, ZONE)).toBeUndefined();
});
