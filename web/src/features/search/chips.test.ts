import { describe, expect, test } from 'vitest';
import { chipsOf, piecesOf, withOperator, withoutChip } from './chips';

const labels = (query: string): string[] => chipsOf(query).map((chip) => chip.label);

describe('the chips of a query', () => {
  test.each([
    ['deploy from:ada', ['from:ada']],
    ['in:"my room" -has:link x', ['in:my room', '-has:link']],
    ['before:2026-01-31 is:pinned', ['before:2026-01-31', 'is:pinned']],
    ['from: x:y https://in:here', []],
    ['"from:ada" word', []],
    ['in:"half open', ['in:half open']],
    ['', []],
  ])('%s', (query, expected) => {
    expect(labels(query)).toEqual(expected);
  });

  test('can be taken out, and nothing else with them', () => {
    const query = 'one from:ada two';
    const [chip] = chipsOf(query);
    expect(chip && withoutChip(query, chip)).toBe('one two');
    const [only] = chipsOf('is:pinned');
    expect(only && withoutChip('is:pinned', only)).toBe('');
  });

  test('begin at the end of what is there', () => {
    expect(withOperator('', 'from:')).toBe('from:');
    expect(withOperator('word ', 'from:')).toBe('word from:');
  });
});

describe('the line of a hit', () => {
  test('is cut at the places, in UTF-16 units', () => {
    expect(piecesOf('🎉 Crème b', [3, 8])).toEqual([
      { text: '🎉 ', found: false },
      { text: 'Crème', found: true },
      { text: ' b', found: false },
    ]);
    expect(piecesOf('word', [0, 4])).toEqual([{ text: 'word', found: true }]);
  });

  test('shows words in place of the marks of Markdown, and what was found among them', () => {
    const text = '…**bold** `code` [the doc](https://x.org/deploy)';
    const at = text.indexOf('bold');
    expect(piecesOf(text, [at, at + 4])).toEqual([
      { text: '…', found: false },
      { text: 'bold', found: true },
      { text: ' code the doc', found: false },
    ]);
    const address = text.indexOf('deploy');
    expect(piecesOf(text, [address, address + 6]).map((piece) => piece.text)).toEqual(['…bold code the doc', 'deploy']);
  });

  test('keeps hidden what is hidden', () => {
    expect(piecesOf('||a sled|| b', [2, 3])).toEqual([
      { text: '▒▒▒▒', found: false },
      { text: '▒▒▒▒', found: true },
      { text: '▒▒▒▒ b', found: false },
    ]);
  });

  test('survives places that cannot be', () => {
    expect(piecesOf('word', [2, 1, 3, 99, 1])).toEqual([{ text: 'word', found: false }]);
    expect(piecesOf('', [])).toEqual([]);
  });
});
