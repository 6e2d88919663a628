import { expect, it } from 'vitest';
import { callsEveryone } from './calling';

it.each(['@all', 'hey @here, look', '@Everyone!', '(@channel)', 'line\n@all', '`code` then @here.', '**@all**'])(
  'calls everybody: %s',
  (text) => expect(callsEveryone(text)).toBe(true),
);

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
