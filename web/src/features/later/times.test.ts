import { describe, expect, it } from 'vitest';
import { choicesOf, fieldOf, momentOf, momentOfField, wallOf, zoneOf } from './times';

const BERLIN = 'Europe/Berlin';

describe('times in a zone', () => {
  it('are what a clock there shows, on both sides of a change of clocks', () => {
    expect(wallOf(Date.UTC(2026, 6, 1, 22, 30), BERLIN)).toEqual({ year: 2026, month: 7, day: 2, hour: 0, minute: 30 });
    expect(momentOf({ year: 2026, month: 10, day: 24, hour: 9, minute: 0 }, BERLIN)).toBe(Date.UTC(2026, 9, 24, 7));
    expect(momentOf({ year: 2026, month: 10, day: 26, hour: 9, minute: 0 }, BERLIN)).toBe(Date.UTC(2026, 9, 26, 8));
    expect(momentOf({ year: 2026, month: 3, day: 29, hour: 3, minute: 30 }, BERLIN)).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });

  it('tomorrow at nine is nine there, also over the night of the change', () => {
    // Saturday evening before the clocks go back.
    const now = Date.UTC(2026, 9, 24, 18);
    const choices = choicesOf(now, BERLIN);
    expect(choices.find((one) => one.name.startsWith('Tomorrow'))?.at).toBe(Date.UTC(2026, 9, 25, 8));
    expect(choices.find((one) => one.name.startsWith('Monday'))?.at).toBe(Date.UTC(2026, 9, 26, 8));
  });

  it('a Monday is the next one, and on a Sunday it is tomorrow', () => {
    const monday = Date.UTC(2026, 10, 23, 12);
    expect(choicesOf(monday, 'UTC').find((one) => one.name.startsWith('Monday'))?.at).toBe(Date.UTC(2026, 10, 30, 9));
    expect(choicesOf(Date.UTC(2026, 10, 22, 12), 'UTC').some((one) => one.name.startsWith('Monday'))).toBe(false);
  });

  it('go into a field and come out of it', () => {
    const at = Date.UTC(2026, 11, 31, 23, 5);
    expect(fieldOf(at, BERLIN)).toBe('2027-01-01T00:05');
    expect(momentOfField('2027-01-01T00:05', BERLIN)).toBe(at);
    expect(momentOfField('', BERLIN)).toBeUndefined();
  });

  it('a zone that is not known is the browser’s', () => {
    expect(zoneOf('Nowhere/None')).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(zoneOf(BERLIN)).toBe(BERLIN);
  });
});
