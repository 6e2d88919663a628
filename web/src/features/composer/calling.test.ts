import { expect, it } from 'vitest';
import { callsEveryone, groupsCalled } from './calling';

it.each([
  '@all',
  'hey @here, look',
  '@Everyone!',
  '(@channel)',
  'line\n@all',
  '`code` then @here.',
  '**@all**',
  '@ＡＬＬ',
])('calls everybody: %s', (text) => expect(callsEveryone(text)).toBe(true));

it.each([
  'all',
  'me@all.org',
  '@allan',
  '@all-hands',
  '`@all`',
  '``a ` @here``',
  '```\n@all\n```',
  '```\n@all',
  '@@all',
  '@hereafter',
])('calls nobody: %s', (text) => expect(callsEveryone(text)).toBe(false));

it('knows the groups that are named', () => {
  const group = (handle: string) => ({ id: handle, handle, title: handle, people: 30 });
  const groups = [group('Ops'), group('on-call'), group('leads')];
  const named = (text: string): string[] => groupsCalled(text, groups).map(({ handle }) => handle);
  expect(named('@ops, and (@on-call).')).toEqual(['Ops', 'on-call']);
  expect(named('**@OPS**')).toEqual(['Ops']);
  expect(named('@ＯＰＳ')).toEqual(['Ops']);
  expect(groupsCalled('@STRASSE and @ΝΊΚΟΣ', [group('Straße'), group('Νίκος')])).toHaveLength(2);
  expect(named('me@ops.org `@ops` @opsy @@leads ops')).toEqual([]);
});
