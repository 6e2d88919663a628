import { describe, expect, test } from 'vitest';
import { codeBlock, type Edit, link, markLines, newLine, pasteLink, type Selected, wrap } from './editing';
import { FORMATS, formatOfKey } from './formats';

/** "a [b] c" is the text "a b c" with b selected, "a | c" has the caret between. */
function at(marked: string): Selected {
  const from = marked.search(/[⟦|]/);
  const bare = marked.replace(/[⟦⟧|]/g, '');
  const end = marked.indexOf('⟧');
  return { text: bare, from, to: end < 0 ? from : end - 1 };
}

function made({ text }: Selected, edit: Edit | undefined): string | undefined {
  if (edit === undefined) return undefined;
  const next = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
  const { select_from: from, select_to: to } = edit;
  return from === to
    ? `${next.slice(0, from)}|${next.slice(from)}`
    : `${next.slice(0, from)}⟦${next.slice(from, to)}⟧${next.slice(to)}`;
}

describe('marks around words', () => {
  test.each([
    ['a ⟦b⟧ c', '**', 'a **⟦b⟧** c'],
    ['a **⟦b⟧** c', '**', 'a ⟦b⟧ c'],
    ['a ⟦**b**⟧ c', '**', 'a ⟦b⟧ c'],
    ['a ⟦b ⟧c', '**', 'a **⟦b⟧** c'],
    ['a | c', '**', 'a **|** c'],
    ['**⟦b⟧**', '*', '***⟦b⟧***'],
    ['⟦a⟧', '`', '`⟦a⟧`'],
  ])('%s with %s', (before, mark, after) => {
    expect(made(at(before), wrap(at(before), mark))).toBe(after);
  });
});

describe('links', () => {
  test('of words, of an address, of a paste', () => {
    expect(made(at('a ⟦b⟧'), link(at('a ⟦b⟧')))).toBe('a [b](⟦https://⟧)');
    expect(made(at('⟦https://x.org⟧'), link(at('⟦https://x.org⟧')))).toBe('[|](https://x.org)');
    expect(made(at('a ⟦b⟧ c'), pasteLink(at('a ⟦b⟧ c'), ' https://x.org\n'))).toBe('a [b](https://x.org)| c');
  });

  test.each([
    ['a | c', 'https://x.org'],
    ['a ⟦b⟧ c', 'no address'],
    ['a ⟦b⟧ c', 'javascript:alert(1)'],
    ['⟦https://y.org⟧', 'https://x.org'],
    ['⟦a\nb⟧', 'https://x.org'],
  ])('a paste over %s of %s is a paste', (before, pasted) => {
    expect(pasteLink(at(before), pasted)).toBeUndefined();
  });
});

test('a code block stands on lines of its own', () => {
  expect(made(at('a ⟦b⟧ c'), codeBlock(at('a ⟦b⟧ c')))).toBe('a \n```\n⟦b⟧\n```\n c');
  expect(made(at('⟦x ``` y⟧'), codeBlock(at('⟦x ``` y⟧')))).toBe('````\n⟦x ``` y⟧\n````');
});

test('lines are marked all, or bare all', () => {
  expect(made(at('a\n⟦b\nc⟧'), markLines(at('a\n⟦b\nc⟧'), '- '))).toBe('a\n⟦- b\n- c⟧');
  expect(made(at('⟦- b\n- c⟧'), markLines(at('⟦- b\n- c⟧'), '- '))).toBe('⟦b\nc⟧');
  expect(made(at('a|'), markLines(at('a|'), '> '))).toBe('> a|');
});

test.each([
  ['- a|', '- a\n- |'],
  ['  * a|b', '  * a\n  * |b'],
  ['9. a|', '9. a\n10. |'],
  ['- [x] a|', '- [x] a\n- [ ] |'],
  ['> a|', '> a\n> |'],
  ['- a\n- |', '- a\n|'],
  ['```\n  a|', '```\n  a\n  |'],
  ['a|', undefined],
  ['-a|', undefined],
  ['12|', undefined],
  ['```\n- a|', undefined],
  ['```\na\n```\n- b|', '```\na\n```\n- b\n- |'],
])('after %s a new line is %s', (before, after) => {
  expect(made(at(before), newLine(at(before)))).toBe(after);
});

test('the keys of formats', () => {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
  const name = (key: object, selected = '⟦a⟧'): string | undefined =>
    formatOfKey({ key: 'b', ...none, ...key }, at(selected))?.name.id;
  expect(name({})).toBeUndefined();
  expect(name({ ctrlKey: true })).toBe('Bold');
  expect(name({ key: 'I', metaKey: true })).toBe('Italic');
  expect(name({ key: 'X', ctrlKey: true, shiftKey: true })).toBe('Code block');
  expect(name({ key: 'k', ctrlKey: true })).toBe('Link');
  expect(name({ key: 'k', ctrlKey: true }, 'a|')).toBeUndefined();
  expect(name({ ctrlKey: true, altKey: true })).toBeUndefined();
  const keys = FORMATS.flatMap(({ key }) => key ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});
