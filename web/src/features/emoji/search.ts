import { fold } from '@/lib/fuzzy';
import { type Emoji, emojiOfChar, emojis } from './data';
import { keyed, localWordsOf } from './local';

/** What having been used lately adds to how well a word fits. */
const RECENT_POINTS = 25;

/** Scripts that put no spaces between words, of which a part may be a single sign. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u;

/** The emoji a query finds in English and in the reader's language, the best first; `recent` are those used lately, the last first. Every word of the query must
 *  begin one of the emoji's, or stand within it. `own` are those of this server. */
export function searchEmoji(
  query: string,
  most: number,
  recent: readonly string[] = [],
  own: readonly Emoji[] = [],
): Emoji[] {
  const parts = fold(query.replace(/^:|:$/g, ''))
    .split(/[\s_]+/)
    .filter((part) => part !== '');
  if (parts.length === 0) return [];
  const whole = parts.join('_');
  const used = new Set(recent.map((char) => emojiOfChar(char) ?? own.find((one) => one.char === char)));
  const found: { emoji: Emoji; points: number }[] = [];
  for (const emoji of [...own, ...emojis]) {
    const points = pointsOf(emoji, parts, whole);
    if (points > 0) found.push({ emoji, points: points + (used.has(emoji) ? RECENT_POINTS : 0) });
  }
  // The order of the table, which is that of Unicode, stays among equals.
  return found
    .sort((a, b) => b.points - a.points)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

function pointsOf(emoji: Emoji, parts: readonly string[], whole: string): number {
  const at = emoji.codes.indexOf(whole);
  if (at >= 0) return 200 - at;
  const begun = emoji.codes.filter((code) => code.startsWith(whole)).map((code) => code.length - whole.length);
  // The shorter what is left, the likelier it is meant.
  if (begun.length > 0) return 160 - Math.min(40, ...begun);
  return Math.min(...parts.map((part) => pointsOfWord(emoji, part)));
}

/** The better of what it is called in English and in the reader's language. */
function pointsOfWord(emoji: Emoji, part: string): number {
  const local = localWordsOf(emoji);
  const english = pointsAmong(emoji.words, part);
  return local.length === 0 ? english : Math.max(english, pointsAmong(local, keyed(part)));
}

function pointsAmong(words: readonly string[], part: string): number {
  let best = 0;
  for (const word of words) {
    if (word === part) return 100;
    if (word.startsWith(part)) best = Math.max(best, 80 - Math.min(30, word.length - part.length));
    else if ((part.length > 2 || UNSPACED.test(part)) && word.includes(part)) best = Math.max(best, 30);
  }
  return best;
}
