import { describe, expect, test } from 'vitest';
import { fold, score } from './fuzzy';
import {
  excerpt,
  firstLine,
  hashOf,
  initialsOf,
  isOnlyEmoji,
  listNames,
  listWords,
  stillHidden,
  unmarked,
} from './text';

describe('initials', () => {
  test.each([
    ['Ada Lovelace', 'AL'],
    ['dan', 'D'],
    ['Dana', 'D'],
    ['キャロル', 'キ'],
    ['王 小明', '王小'],
    ['ángel', 'Á'],
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
    ['> quoted\n\n- one\n- two', 'quoted · one · two'],
    ['[the doc](https://example.org) and ![a cat](x.png)', 'the doc and a cat'],
    ['```ts\nlet a = 1;\n```', 'let a = 1;'],
    ['2*3*4 and snake_case', '2*3*4 and snake_case'],
    ['_waves_, *really*; 2 * 3 * 4', 'waves, really; 2 * 3 * 4'],
    ['Rosebud is ||a sled|| and a || b', 'Rosebud is ▒▒▒▒ and a || b'],
    ['¯\\\\\\_(ツ)\\_/¯ **bold `code`**', '¯\\_(ツ)_/¯ bold code'],
    ['- [x] done\n- [ ] to do\n2. [X] this, too', 'done · to do · this, too'],
    ['[x] is an answer', '[x] is an answer'],
    ['هو `./a b=4`.', 'هو \u2066./a\xa0b=4\u2069.'],
    ['| a | b |\n|---|--:|\n| x_1 | 2 |\nand $e^{i\\pi}$ is', 'a b x_1 2 and e^{i\\pi} is'],
    ['so\n$$\na+b\n$$\nor $a_1 b_1$', 'so a+b or a_1 b_1'],
    ['not $5 and $6\n5$ or 6$', 'not $5 and $6 5$ or 6$'],
    ['a | b or |c|, --|', 'a | b or |c|, --|'],
    ['x'.repeat(500), `${'x'.repeat(240)}…`],
  ])('of %j', (text, words) => {
    expect(excerpt(text)).toBe(words);
  });
});

test('points of a list do not run into each other, and what leads to them needs no dot', () => {
  const list = 'Before noon, please:\n\n- [x] headline\n- [x] the *three* bullets\n- [ ] https://copy.example/1.0';
  expect(excerpt(list)).toBe('Before noon, please: headline · the three bullets · https://copy.example/1.0');
  expect(firstLine(list)).toBe('Before noon, please:');
  expect(firstLine('||The butler\ndid it|| it seems')).toBe(excerpt('||The butler did it|| it seems'));
  expect(firstLine('||The butler\ndid it||')).not.toContain('butler');
  expect(firstLine('||The butler | the maid\ndid it||')).not.toContain('butler');
  expect(firstLine('```\n\n> **first**\nsecond')).toBe('first');
});

test('what is hidden stays hidden where a text is cut off within it', () => {
  expect(excerpt(`It was ||the butler, ${'as he had said before '.repeat(30)}|| in the end`)).toBe('It was ▒▒▒▒');
  expect(excerpt(`||a|| or ||b ${'c'.repeat(500)}||`)).toBe('▒▒▒▒ or ▒▒▒▒');
  expect(stillHidden('so ||he|| and ||she|')).toBe('so ||he|| and ||she||');
  expect(stillHidden('||he|| and she')).toBe('||he|| and she');
});

test('what is left out of a text keeps its place', () => {
  const text = '| a | b |\n|---|--:|\n| $x$ | `2` |\n\n$$y$$ and **z**';
  expect(unmarked(text)).toHaveLength(text.length);
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
    expect(listWords(['Ada', 'Ben', 'Cleo'], 'or')).toBe('Ada, Ben or Cleo');
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
