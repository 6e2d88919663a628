import { describe, expect, test } from 'vitest';
import { fold, score } from './fuzzy';
import { excerpt, hashOf, initialsOf, isOnlyEmoji, listNames } from './text';
import { ago, dayName, untilMidnight } from './time';

describe('initials', () => {
  test.each([
    ['Ada Lovelace', 'AL'],
    ['dan', 'DA'],
    ['キャロル', 'キ'],
    ['王 小明', '王小'],
    ['ángel', 'ÁN'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧F'],
    ['anna_maria', 'AM'],
    ['   ', '?'],
  ])('of %s are %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe('the first words of a message', () => {
  test.each([
    ['**very** broken, `so` it ~~is~~', 'very broken, so it is'],
    ['> quoted\n\n- one\n- two', 'quoted one two'],
    ['[the doc](https://example.org) and ![a cat](x.png)', 'the doc and a cat'],
    ['```ts\nlet a = 1;\n```', 'let a = 1;'],
    ['2*3*4 and snake_case', '2*3*4 and snake_case'],
    ['_waves_, *really*; 2 * 3 * 4', 'waves, really; 2 * 3 * 4'],
    ['Rosebud is ||a sled|| and a || b', 'Rosebud is ▒▒▒▒ and a || b'],
    ['¯\\\\\\_(ツ)\\_/¯ **bold `code`**', '¯\\_(ツ)_/¯ bold code'],
    ['x'.repeat(500), `${'x'.repeat(240)}…`],
  ])('of %j', (text, words) => {
    expect(excerpt(text)).toBe(words);
  });
});

describe('a name’s colour', () => {
  test('is the same each time and spreads over the list', () => {
    expect(hashOf('42', 10)).toBe(hashOf('42', 10));
    const colours = new Set(Array.from({ length: 200 }, (_, id) => hashOf(String(id), 10)));
    expect(colours.size).toBe(10);
  });
});

describe('a list of names', () => {
  test.each([
    [['Ada'], 'Ada'],
    [['Ada', 'Ben'], 'Ada and Ben'],
    [['Ada', 'Ben', 'Cem', 'Dee'], 'Ada, Ben and 2 more'],
  ])('%j', (names, text) => {
    expect(listNames(names)).toBe(text);
  });

  test('names all there are when there are no more', () => {
    expect(listNames(['Ada', 'Ben', 'Cleo'], 3)).toBe('Ada, Ben and Cleo');
    expect(listNames(['Ada', 'Ben', 'Cleo', 'Dan'], 3)).toBe('Ada, Ben, Cleo and 1 more');
  });

  test.each([
    ['🎉🚀', true],
    ['❤️ 👩‍⚕️ 👍🏽', true],
    ['🇩🇪', true],
    ['🎉 at last', false],
    ['12', false],
    ['©', false],
    ['🎉'.repeat(4), false],
    ['1️⃣', true],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', true],
    [' ', false],
  ])('%s is nothing but a few emoji: %s', (text, only) => {
    expect(isOnlyEmoji(text)).toBe(only);
  });
});

describe('fuzzy search', () => {
  const found = (query: string, text: string): number => score(fold(query), fold(text));

  test('ranks whole over beginning over later word over part over scattered', () => {
    const points = ['ops', 'ops-night', 'night ops', 'stops', 'oh please'].map((text) => found('ops', text));
    expect(points).toEqual([...points].sort((a, b) => b - a));
    expect(new Set(points).size).toBe(5);
  });

  test('does not mind case and accents', () => {
    expect(found('jose', 'José')).toBe(1000);
    expect(found('ÉLAN', 'elan')).toBe(1000);
  });

  test('finds nothing in what does not hold the letters', () => {
    expect(found('xyz', 'launch')).toBe(0);
    expect(found('hcnual', 'launch')).toBe(0);
  });
});

describe('days', () => {
  const now = new Date(2026, 10, 21, 9, 30).getTime();

  test('have names when near', () => {
    expect(dayName(new Date(2026, 10, 21, 0, 0).getTime(), now)).toBe('Today');
    expect(dayName(new Date(2026, 10, 20, 23, 59).getTime(), now)).toBe('Yesterday');
    expect(dayName(new Date(2026, 10, 17).getTime(), now)).not.toContain('2026');
    expect(dayName(new Date(2025, 10, 17).getTime(), now)).toContain('2025');
  });

  test('end at local midnight', () => {
    expect(untilMidnight(new Date(2026, 10, 21, 23, 59, 30).getTime())).toBe(30_000);
  });

  test('never lie in the future for a clock that is ahead', () => {
    expect(ago(now + 180_000, now)).toBe('just now');
    expect(ago(now - 720_000, now)).toBe('12 min ago');
  });
});
