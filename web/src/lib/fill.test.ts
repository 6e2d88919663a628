import { i18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { expect, test } from 'vitest';
import { fillable } from './fill';

test('a text of the code is filled with what its names stand for', () => {
  expect(i18n.t('{a}, then {b}!', { a: 'Ada', b: 2 })).toBe('Ada, then 2!');
  expect(i18n.t('nothing to fill')).toBe('nothing to fill');
  expect(i18n.t({ id: 'of its own (id)', message: 'Go to {place}', values: { place: '{here}' } })).toBe('Go to {here}');
});

test('a text that counts is read as well', () => {
  const words = '{count, plural, one {# reply} other {# replies}}';
  expect([1, 1_234].map((count) => i18n.t(words, { count }))).toEqual(['1 reply', '1,234 replies']);
});

test.each([
  'At {place}: {count, plural, =1 {{who} has one file} one {# file} other {# of {all, number} files}}.',
  '{role, select, owner {{who} owns {count, plural, one {# room} other {# rooms}}} other {{who} is {role}}}',
  '{count, plural, one {{role, select, owner {# owner} other {#}}} other {#<0> #</0>}} and # {kind}',
  "It's {name}'s #1",
])('%s is read as Lingui reads it', (text) => {
  expect(fillable(text)).toEqual(compileMessage(text));
});

test('what has no end is read as far as it goes', () => {
  expect(fillable('{count, plural, one {# reply')).toEqual([['count', 'plural', { one: ['#', ' reply'] }]]);
  expect(fillable('done} {and} gone')).toEqual(['done']);
});
