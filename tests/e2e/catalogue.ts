import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The texts of a language by their keys. */
export function catalogue(language: string): Map<string, string> {
  const text = readFileSync(resolve(import.meta.dirname, `../../web/src/locales/${language}.po`), 'utf8');
  const entries = text.matchAll(/^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)/gm);
  return new Map([...entries].map(([, key = '', value = '']) => [unquoted(key), unquoted(value)]));
}

const unquoted = (lines: string): string =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string)
    .join('');

/** What is said in English alone: the texts without values that the language says in another way, and says nothing else by. */
export function englishOnly(language: string): Set<string> {
  const theirs = catalogue(language);
  const said = new Set(theirs.values());
  const english = [...catalogue('en')].filter(([key, value]) => key !== '' && theirs.get(key) !== value);
  return new Set(english.map(([, value]) => value).filter((text) => !/[{<]/.test(text) && !said.has(text)));
}
