import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const NAME = 'virtual:emoji-table';
/** Newer ones are empty boxes on systems that are some years old. */
const MAX_VERSION = 15.1;
const TONES = [0x1f3fb, 0x1f3fc, 0x1f3fd, 0x1f3fe, 0x1f3ff];

interface Emoji {
  emoji: string;
  label: string;
  hexcode: string;
  version: number;
  group?: number;
  order?: number;
  tags?: string[];
  skins?: { emoji: string; tone: number | number[] }[];
}

type Codes = Record<string, string | string[]>;

/** Makes the module `virtual:emoji-table` of Emojibase's data: a line for each emoji, as features/emoji/data.ts reads it.
 *  A quarter of the size of the data itself, which the browser would have to fetch. */
export function emojiTable(): Plugin {
  return {
    name: 'parley-emoji-table',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export const table = ${JSON.stringify(tableOf())};` : undefined),
  };
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`emojibase-data/en/${path}`), 'utf8'));
}

/** The emoji of the table, in its order. */
export function listed(): Emoji[] {
  return read<Emoji[]>('data.json')
    .filter(({ group, version }) => group !== undefined && group !== 2 && version <= MAX_VERSION)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

function tableOf(): string {
  const github = read<Codes>('shortcodes/github.json');
  const own = read<Codes>('shortcodes/emojibase.json');
  // Where the two sets mean different emoji by one word, people know GitHub's.
  const taken = new Set(Object.values(github).flat());
  return listed()
    .map((one) => {
      const free = [own[one.hexcode] ?? []].flat().filter((code) => !taken.has(code));
      const codes = [github[one.hexcode] ?? [], free].flat();
      return [bare(one.emoji), one.label, codes.join(' '), (one.tags ?? []).join(' '), one.group, tonesOf(one)].join(
        '|',
      );
    })
    .join('\n');
}

/** Without the mark that asks for colours, where they are what is shown anyway: as keyboards write it. */
function bare(emoji: string): string {
  return /^\p{Emoji_Presentation}\uFE0F$/u.test(emoji) ? emoji.slice(0, -1) : emoji;
}

/** The five of one tone each: "+" where the tone is put after the first character, as nearly everywhere. */
function tonesOf({ emoji, skins }: Emoji): string {
  const plain = (skins ?? [])
    .filter(({ tone }) => typeof tone === 'number')
    .sort((a, b) => Number(a.tone) - Number(b.tone));
  if (plain.length !== TONES.length) return '';
  const [first = '', ...rest] = [...emoji].filter((char, at) => !(at === 1 && char === '\uFE0F'));
  const put = TONES.map((tone) => first + String.fromCodePoint(tone) + rest.join(''));
  return plain.every(({ emoji: toned }, at) => toned === put[at]) ? '+' : plain.map((one) => one.emoji).join(' ');
}
