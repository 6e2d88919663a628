import { describe, expect, test } from 'vitest';
import { endOf, localTime, minutesOf, nights, weekOf } from './person';
import { isQuiet, statusOf } from './told';

const NOW = Date.UTC(2026, 10, 21, 12, 30);

describe('a status', () => {
  test('is there until its end, for ever without one', () => {
    expect(statusOf({ status: { emoji: '🌴', text: '' } }, NOW)?.emoji).toBe('🌴');
    expect(statusOf({ status: { emoji: '', text: 'x', expires_at: NOW + 1 } }, NOW)?.text).toBe('x');
    expect(statusOf({ status: { emoji: '', text: 'x', expires_at: NOW } }, NOW)).toBeUndefined();
    expect(statusOf({}, NOW)).toBeUndefined();
    expect(statusOf(undefined, NOW)).toBeUndefined();
  });

  test('ends when it was said to', () => {
    const at = new Date(2026, 10, 18, 15, 0); // a Wednesday
    expect(endOf('never', at.getTime())).toBeUndefined();
    expect(endOf('30m', at.getTime())).toBe(at.getTime() + 1_800_000);
    expect(new Date(endOf('today', at.getTime()) ?? 0)).toEqual(new Date(2026, 10, 19));
    expect(new Date(endOf('week', at.getTime()) ?? 0)).toEqual(new Date(2026, 10, 23));
    expect(new Date(endOf('week', new Date(2026, 10, 22, 9).getTime()) ?? 0)).toEqual(new Date(2026, 10, 23));
    expect(new Date(endOf('week', new Date(2026, 10, 23, 9).getTime()) ?? 0)).toEqual(new Date(2026, 10, 30));
  });
});

test('quiet is from here until there', () => {
  const span = { dnd: { from: NOW, until: NOW + 10 } };
  expect([NOW - 1, NOW, NOW + 9, NOW + 10].map((now) => isQuiet(span, now))).toEqual([false, true, true, false]);
  expect(isQuiet({}, NOW)).toBe(false);
});

describe('local time', () => {
  test('is read in the zone, daylight saving and half hours included', () => {
    expect(localTime('Asia/Kolkata', NOW)?.time).toMatch(/\b6:00\sPM/);
    expect(localTime('Europe/Berlin', Date.UTC(2026, 6, 1, 12))?.time).toMatch(/\b2:00\sPM/);
    expect(localTime('Europe/Berlin', Date.UTC(2026, 11, 1, 12))?.time).toMatch(/\b1:00\sPM/);
  });

  test('says how far it is from here', () => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(localTime(here, NOW)?.apart).toBe('as here');
    expect(localTime('Pacific/Kiritimati', NOW)?.apart).toMatch(/^[\d.,]+ h ahead$/);
  });

  test('of a zone this browser does not know is unknown', () => {
    expect(localTime('Atlantis/Port', NOW)).toBeUndefined();
  });
});

describe('quiet hours', () => {
  test('come back as they were sent', () => {
    const week = nights();
    week[2] = { on: true, from: '00:00', to: '00:00' };
    week[4] = { on: true, from: '22:15', to: '00:00' };
    week[6] = { on: false, from: '20:00', to: '08:00' };
    const sent = minutesOf(week);
    expect(sent.quiet_from).toEqual([1200, 1200, 0, 1200, 1335, 1200, 0]);
    expect(sent.quiet_to).toEqual([480, 480, 1440, 480, 1440, 480, 0]);
    expect(weekOf(sent)).toEqual(week);
  });

  test('that were never set are none', () => {
    expect(weekOf(undefined)).toBeUndefined();
    expect(weekOf({})).toBeUndefined();
  });
});
