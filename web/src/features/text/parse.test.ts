import { expect, test } from 'vitest';
import { lex, TooCostly } from './grammar';
import { loadGrammar } from './grammars';
import { allIds, languageId, languageName } from './languages';
import { parse } from './parse';

test('a text is parsed once while it is kept', () => {
  expect(parse('some *words*')).toBe(parse('some *words*'));
});

test('what is too long, too deep or too costly to parse is shown as it is', () => {
  expect(parse('a'.repeat(16_385))).toBeUndefined();
  expect(parse('>'.repeat(5_000))).toBeUndefined();
  expect(parse('['.repeat(5_000))).toBeUndefined();
  expect(parse('1. '.repeat(5_000))).toBeUndefined();
  expect(() => lex('_*a'.repeat(5_000))).toThrow(TooCostly);
  expect(() => lex('*a '.repeat(5_400))).toThrow(TooCostly);
  expect(parse('*a '.repeat(5_400))).toBeUndefined();
});

test('what people write, even much of it, costs little', () => {
  const page = 'Some **bold** words, a [link](https://example.org), `code` and @somebody :smile:.\n';
  expect(parse(page.repeat(16_000 / page.length))).toBeDefined();
  expect(parse(`${page}\n`.repeat(150))).toBeDefined();
  expect(parse('- a\n'.repeat(4_000))).toBeDefined();
});

test('rules and dots, as long as they like, nest nothing', () => {
  expect(parse(`a\n\n${'-'.repeat(80)}\n\nb`)?.map((block) => block.type)).toEqual(['paragraph', 'rule', 'paragraph']);
  expect(parse(`${'.'.repeat(80)} *a*`)?.length).toBe(1);
});

test('a table of too many cells is no table', () => {
  const table = (rows: number): string => `${'|a'.repeat(50)}\n${'|-'.repeat(50)}\n${'|\n'.repeat(rows)}`;
  expect(parse(table(10))?.[0]?.type).toBe('table');
  expect(parse(table(7_000))?.some((block) => block.type === 'table') ?? false).toBe(false);
});

test('many formulas are not set all', () => {
  const [block] = parse('$a$ '.repeat(500)) ?? [];
  if (block?.type !== 'paragraph') throw new Error('There is no paragraph.');
  expect(block.children.filter((child) => child.type === 'maths')).toHaveLength(60);
});

test('every language has a grammar and is known by its words', async () => {
  for (const id of allIds) expect(typeof (await loadGrammar(id)), id).toBe('function');
  expect(languageId('c++')).toBe('cpp');
  expect(languageName('py')).toBe('Python');
  expect(languageName('klingon')).toBe('klingon');
});
