import { table } from 'virtual:emoji-table';
import { fold } from '@/lib/fuzzy';

export interface Emoji {
  char: string;
  label: string;
  /** Without colons, the usual one first. */
  codes: readonly string[];
  /** All it is found by, folded. */
  words: readonly string[];
  group: number;
  /** In the five tones of skin, from light to dark; empty: it has none. */
  tones: readonly string[];
  /** Of one of this server's: where its picture is. Its char is its name in colons. */
  url?: string;
}

/** A tone of skin: 0 is none, yellow; 1 to 5 from light to dark. */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5;

export const GROUPS = [
  { id: 0, name: /*i18n*/ { id: 'Smileys' }, sign: '😀' },
  {
    id: 1,
    name: /*i18n*/ { id: 'People (emoji)', message: 'People', comment: 'A kind of emoji: people and bodies' },
    sign: '👋',
  },
  { id: 3, name: /*i18n*/ { id: 'Nature' }, sign: '🌿' },
  { id: 4, name: /*i18n*/ { id: 'Food' }, sign: '🍎' },
  { id: 5, name: /*i18n*/ { id: 'Travel', comment: 'A kind of emoji' }, sign: '🚲' },
  { id: 6, name: /*i18n*/ { id: 'Activities' }, sign: '⚽' },
  { id: 7, name: /*i18n*/ { id: 'Objects' }, sign: '💡' },
  { id: 8, name: /*i18n*/ { id: 'Symbols' }, sign: '💜' },
  { id: 9, name: /*i18n*/ { id: 'Flags' }, sign: '🏁' },
] as const;

const SKIN = [0x1f3fb, 0x1f3fc, 0x1f3fd, 0x1f3fe, 0x1f3ff];

export const emojis: readonly Emoji[] = table.split('\n').map(read);

const by_code = new Map<string, Emoji>();
const by_char = new Map<string, Emoji>();
for (const emoji of emojis) {
  for (const char of [emoji.char, ...emoji.tones]) by_char.set(unmarked(char), emoji);
  for (const code of emoji.codes) if (!by_code.has(code)) by_code.set(code, emoji);
}

function read(line: string): Emoji {
  const [char = '', label = '', codes = '', tags = '', group = '', tones = ''] = line.split('|');
  const names = codes.split(' ').filter((code) => code !== '');
  const words = new Set([label, ...label.split(/[\s:-]+/), ...names, ...tags.split(' ')].map(fold));
  words.delete('');
  return { char, label, codes: names, words: [...words], group: Number(group), tones: tonesOf(char, tones) };
}

/** "+" says that the tone stands after the first character. */
function tonesOf(char: string, tones: string): readonly string[] {
  if (tones !== '+') return tones === '' ? [] : tones.split(' ');
  const [first = '', ...rest] = [...char].filter((one, at) => !(at === 1 && one === '\uFE0F'));
  return SKIN.map((tone) => first + String.fromCodePoint(tone) + rest.join(''));
}

export function emojiOfCode(code: string): Emoji | undefined {
  return by_code.get(code);
}

/** Without the marks that ask for colours: some write them, some do not. */
function unmarked(char: string): string {
  return char.replaceAll('\uFE0F', '');
}

/** Of any tone. */
export function emojiOfChar(char: string): Emoji | undefined {
  return by_char.get(unmarked(char));
}

export function inTone(emoji: Emoji, tone: Tone): string {
  return (tone === 0 ? undefined : emoji.tones[tone - 1]) ?? emoji.char;
}
