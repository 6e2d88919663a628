import { expect, it } from 'vitest';
import { fold } from './fuzzy';
import { nameKey } from './name_key';

it.each([
  ['case and width', ['ada', 'ADA', 'Ａｄａ']],
  ['every sigma', ['Νίκος', 'ΝΊΚΟΣ', 'νίκοσ']],
  ['the sharp s', ['Straße', 'STRASSE', 'STRAẞE', 'strasſe']],
  ['accents, however they are written', ['Zoë', 'zoe\u0308', 'ZOE\u0308']],
  ['the dotted capital', ['İpek', 'i\u0307pek', 'I\u0307PEK']],
  ['what has three parts', ['ΐα', '\u03aa\u0301Α']],
])('is the same for %s', (_, ways) => {
  expect(new Set(ways.map(nameKey)).size).toBe(1);
});

it('tells other names apart', () => {
  expect(nameKey('İpek')).not.toBe(nameKey('ipek'));
  expect(nameKey('Kılıç')).not.toBe(nameKey('Kiliç'));
  expect(nameKey('zoë')).not.toBe(nameKey('zoe'));
});

it('is looser where names are only looked for', () => {
  for (const [typed, name] of [
    ['ipek', 'İpek'],
    ['IPEK', 'İpek'],
    ['kilic', 'Kılıç'],
    ['STRASS', 'Straße'],
    ['νικοσ', 'Νίκος'],
    ['ΝΊΚΟΣ', 'Νίκος'],
    ['jose', 'José'],
  ] as const)
    expect(fold(name).startsWith(fold(typed)), `${typed} finds ${name}`).toBe(true);
});
