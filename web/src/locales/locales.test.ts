import { readdirSync, readFileSync } from 'node:fs';
import { formatter } from '@lingui/format-po';
import { type CompiledMessage, compileMessage } from '@lingui/message-utils/compileMessage';
import { describe, expect, test } from 'vitest';
import { fillable } from '@/lib/fill';
import { LANGUAGES } from '@/state/language';

const FOLDER = new URL('.', import.meta.url);
const SOURCE = 'en';

interface Entry {
  translation?: string;
}

async function catalogue(locale: string): Promise<Record<string, Entry>> {
  const text = readFileSync(new URL(`${locale}.po`, FOLDER), 'utf8');
  return formatter({ explicitIdAsDefault: true }).parse(text, {
    locale,
    sourceLocale: SOURCE,
    filename: '',
  }) as Promise<Record<string, Entry>>;
}

/** What a message is made of besides words: values and what chooses among its branches; and elements. */
function partsOf(text: string): string[] {
  const found = new Set<string>((text.match(/<\/?\d+\/?>/g) ?? []).map((tag) => tag.replace('/>', '>')));
  const walk = (tokens: CompiledMessage): void => {
    if (!Array.isArray(tokens)) return;
    for (const token of tokens) {
      if (!Array.isArray(token)) continue;
      const [name, kind, choices] = token as [string, string | undefined, Record<string, CompiledMessage> | undefined];
      found.add(`{${name}${kind === undefined ? '' : `, ${kind}`}}`);
      if (typeof choices === 'object') for (const choice of Object.values(choices)) walk(choice);
    }
  };
  walk(compileMessage(text));
  return [...found].sort();
}

/** The forms that a text's plurals lack. From a million on Spanish and French have one more, which reads like `other`. */
function lackingPlurals(text: string, locale: string): string[] {
  const all = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
  const forms = all.filter((form) => form !== 'many' || locale === 'ar');
  const lacking: string[] = [];
  const walk = (tokens: CompiledMessage): void => {
    if (!Array.isArray(tokens)) return;
    for (const token of tokens) {
      if (!Array.isArray(token) || typeof token[2] !== 'object') continue;
      const choices = token[2] as Record<string, CompiledMessage>;
      if (token[1] === 'plural')
        lacking.push(
          ...forms.filter(
            (form) =>
              choices[form] === undefined &&
              (form !== 'one' || (choices['1'] === undefined && choices['=1'] === undefined)),
          ),
        );
      for (const choice of Object.values(choices)) walk(choice);
    }
  };
  walk(compileMessage(text));
  return lacking;
}

test('every catalogue is of a language that can be chosen, and the other way round', () => {
  const there = readdirSync(FOLDER).filter((name) => name.endsWith('.po'));
  expect(there.map((name) => name.replace('.po', '')).sort()).toEqual(Object.keys(LANGUAGES).sort());
});

test('English, which is read from the code when it is shown, is read as Lingui compiles it', async () => {
  for (const [id, { translation = '' }] of Object.entries(await catalogue(SOURCE)))
    expect(fillable(translation), id).toEqual(compileMessage(translation));
});

describe.each(Object.keys(LANGUAGES))('%s', (locale) => {
  test('has every text', async () => {
    const [source, translated] = await Promise.all([catalogue(SOURCE), catalogue(locale)]);
    const missing = Object.keys(source).filter((id) => (translated[id]?.translation ?? '') === '');
    expect(missing).toEqual([]);
    expect(Object.keys(translated).filter((id) => source[id] === undefined)).toEqual([]);
  });

  test('says with each text what the text says: its values, its choices, its elements', async () => {
    const [source, translated] = await Promise.all([catalogue(SOURCE), catalogue(locale)]);
    for (const [id, { translation = '' }] of Object.entries(translated)) {
      if (translation === '') continue;
      expect(partsOf(translation), id).toEqual(partsOf(source[id]?.translation ?? id));
      expect(lackingPlurals(translation, locale), id).toEqual([]);
    }
  });
});
