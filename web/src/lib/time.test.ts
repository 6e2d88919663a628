import { i18n } from '@lingui/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ago, clockTime, countHours, dateLocale, dayName, fullTime, shortClockTime, untilMidnight } from './time';

/** A reader whose browser asks for these languages, in the client's `language`. */
function reader(language: string, ...asked: string[]): void {
  vi.stubGlobal('navigator', { languages: asked });
  // English words will do: what is of interest is what the browser itself writes.
  i18n.loadAndActivate({ locale: language, messages: {} });
  countHours('locale');
}

/** The space before AM is a narrow one in some browsers. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

afterEach(() => {
  vi.unstubAllGlobals();
  i18n.loadAndActivate({ locale: 'en', messages: {} });
  countHours('locale');
});

describe('days', () => {
  const now = new Date(2026, 10, 21, 9, 30).getTime();

  test('have names when near', () => {
    expect(dayName(new Date(2026, 10, 21, 0, 0).getTime(), now)).toBe('Today');
    expect(dayName(new Date(2026, 10, 20, 23, 59).getTime(), now)).toBe('Yesterday');
    expect(dayName(new Date(2026, 10, 17).getTime(), now)).not.toContain('2026');
    expect(dayName(new Date(2025, 10, 17).getTime(), now)).toContain('2025');
  });

  test('are written as where the reader is, in the language of the client', () => {
    const day = new Date(2026, 10, 17).getTime();
    reader('en', 'fr-FR', 'en-GB');
    expect(dayName(day, now)).toBe('Tuesday 17 November');
    reader('en', 'en-US');
    expect(dayName(day, now)).toBe('Tuesday, November 17');
    reader('de', 'en-US', 'de-AT');
    expect(dateLocale()).toBe('de-AT');
    expect(dayName(day, now)).toBe('Dienstag, 17. November');
    reader('ja', 'en-US');
    expect(dateLocale()).toBe('ja');
    expect(dayName(day, now)).toBe('11月17日火曜日');
  });

  test('end at local midnight', () => {
    expect(untilMidnight(new Date(2026, 10, 21, 23, 59, 30).getTime())).toBe(30_000);
  });

  test('never lie in the future for a clock that is ahead', () => {
    expect(ago(now + 180_000, now)).toBe('just now');
    expect(ago(now - 720_000, now)).toBe('12 min ago');
    expect(ago(now - 3 * 3_600_000, now)).toBe('3 h ago');
  });
});

describe('the clock', () => {
  const at = new Date(2026, 10, 21, 21, 5).getTime();

  test('counts to twelve where that is usual, else to twenty-four', () => {
    reader('en', 'en-US');
    expect(plain(clockTime(at))).toBe('9:05 PM');
    expect(plain(fullTime(at))).toContain('9:05 PM');
    reader('en', 'en-GB');
    expect(clockTime(at)).toBe('21:05');
    reader('de', 'de-DE');
    expect(clockTime(new Date(2026, 10, 21, 0, 5).getTime())).toBe('00:05');
  });

  test('counts as the reader wants it', () => {
    reader('en', 'en-US');
    countHours('24');
    expect(clockTime(at)).toBe('21:05');
    expect(fullTime(at)).toContain('21:05');
    reader('de', 'de-DE');
    countHours('12');
    expect(plain(clockTime(at))).toBe('9:05 PM');
  });

  test('says no more than the hour and the minute where there is no room', () => {
    reader('en', 'en-US');
    expect(shortClockTime(at)).toBe('9:05');
    reader('en', 'en-GB');
    expect(shortClockTime(at)).toBe('21:05');
  });

  test('is read in another zone', () => {
    reader('en', 'en-GB');
    expect(clockTime(Date.UTC(2026, 6, 1, 12), 'Asia/Kolkata')).toBe('17:30');
  });
});
