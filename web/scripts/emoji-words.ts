import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';
import { listed } from './emoji-table.ts';

const NAME = 'virtual:emoji-words/';
/** What CLDR calls emoji and their sequences: two packages of the same shape. */
const SOURCES = [
  ['cldr-annotations-full/annotations', 'annotations'],
  ['cldr-annotations-derived-full/annotationsDerived', 'annotationsDerived'],
] as const;

type Annotations = Record<string, { default?: string[]; tts?: string[] }>;

/** Makes the module `virtual:emoji-words/<language>` of CLDR's annotations: a line for each emoji of the table, in its order,
 *  with its name and its other words. One is fetched by who reads that language, when something needs emoji. */
export function emojiWords(): Plugin {
  return {
    name: 'parley-emoji-words',
    resolveId: (id) => (id.startsWith(NAME) ? `\0${id}` : undefined),
    load: (id) =>
      id.startsWith(`\0${NAME}`)
        ? `export const words = ${JSON.stringify(wordsOf(id.slice(NAME.length + 1)))};`
        : undefined,
  };
}

function wordsOf(language: string): string {
  const known = new Map<string, { name: string; words: string[] }>();
  for (const [folder, root] of SOURCES) {
    const path = createRequire(import.meta.url).resolve(`${folder}/${language}/annotations.json`);
    const data = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { annotations: Annotations }>;
    for (const [emoji, { default: words = [], tts = [] }] of Object.entries(data[root]?.annotations ?? {}))
      known.set(unmarked(emoji), { name: tts[0] ?? '', words });
  }
  return listed()
    .map(({ emoji }) => {
      const { name, words } = known.get(unmarked(emoji)) ?? { name: '', words: [] };
      return [name, ...words.filter((word) => word !== name)].map((word) => word.replace(/[|\n]/g, ' ')).join('|');
    })
    .join('\n');
}

/** CLDR leaves the marks out that ask for colours. */
function unmarked(emoji: string): string {
  return emoji.replaceAll('\uFE0F', '');
}
