import { fold } from '@/lib/fuzzy';
import { type Language, language } from '@/state/language';
import { type Emoji, emojis } from './data';

/** What emoji are called in each language but English, which the table has. */
const WORDS: Record<Exclude<Language, 'en'>, () => Promise<{ words: string }>> = {
  tr: () => import('virtual:emoji-words/tr'),
  de: () => import('virtual:emoji-words/de'),
  es: () => import('virtual:emoji-words/es'),
  fr: () => import('virtual:emoji-words/fr'),
  ar: () => import('virtual:emoji-words/ar'),
  ja: () => import('virtual:emoji-words/ja'),
};

interface Local {
  label: string;
  words: readonly string[];
}

let local: ReadonlyMap<Emoji, Local> = new Map();
let spoken: Language = 'en';

/** What an emoji is called, in the reader's language where it has a name there. */
export function labelOf(emoji: Emoji): string {
  return local.get(emoji)?.label ?? emoji.label;
}

/** All it is found by besides the English words, keyed. */
export function localWordsOf(emoji: Emoji): readonly string[] {
  return local.get(emoji)?.words ?? [];
}

/** As words are compared: folded; Hiragana as Katakana, for both are typed for one word; and a Turkish i with and without
 *  its dot alike, for not every keyboard has both. */
export function keyed(text: string): string {
  return fold(text)
    .replace(/[\u3041-\u3096]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0x60))
    .replaceAll('\u0131', 'i');
}

/** From now on emoji are called as in this language. Words that cannot be fetched leave the English ones. */
export async function speakEmoji(goal: Language): Promise<void> {
  if (goal === spoken) return;
  spoken = goal;
  local = new Map();
  if (goal === 'en') return;
  try {
    const { words } = await WORDS[goal]();
    // Another language may have been chosen meanwhile.
    if (goal === spoken) local = read(words);
  } catch {
    if (goal === spoken) spoken = 'en';
  }
}

/** The reader's language, now and whenever it changes. */
export async function followLanguage(): Promise<void> {
  language.subscribe(() => void speakEmoji(language.get()));
  await speakEmoji(language.get());
}

function read(lines: string): ReadonlyMap<Emoji, Local> {
  const named = new Map<Emoji, Local>();
  for (const [at, line] of lines.split('\n').entries()) {
    const emoji = emojis[at];
    const [label = '', ...more] = line.split('|');
    if (emoji === undefined || label === '') continue;
    const words = [label, ...more].flatMap((word) => [word, ...word.split(/[\s:,’'-]+/)]).map(keyed);
    named.set(emoji, { label, words: [...new Set(words)].filter((word) => word !== '') });
  }
  return named;
}
