import { nameKey } from './name_key';

const MARKS = /\p{M}+/gu;

/** As names are compared, and without accents and dots, so that "jose" finds "José", and "isil" "Işıl". */
export function fold(text: string): string {
  return nameKey(text).normalize('NFKD').replace(MARKS, '').replaceAll('ı', 'i');
}

/** How well `query` finds `text`, both folded; 0: not at all. A whole match beats a beginning, that beats the beginning of a
 *  later word, that beats a part, that beats letters scattered in order. */
export function score(query: string, text: string): number {
  if (query === '') return 1;
  if (text === query) return 1000;
  const at = text.indexOf(query);
  if (at === 0) return 800 - Math.min(100, text.length);
  if (at > 0) return (/[\s._\-#@]/.test(text[at - 1] ?? '') ? 600 : 400) - Math.min(100, at);
  return Math.max(scattered(query, text), mistyped(query, text));
}

/** From this length on one letter may be wrong, left out, too many, or two of them turned. */
const MISTYPED_LENGTH = 5;
const MISTYPED_POINTS = 90;

function mistyped(query: string, text: string): number {
  if (query.length < MISTYPED_LENGTH) return 0;
  return text.split(/[\s._\-#@]+/).some((word) => isNearly(query, word)) ? MISTYPED_POINTS : 0;
}

/** Whether the beginning of a word is the query but for one mistake. */
function isNearly(query: string, word: string): boolean {
  let same = 0;
  while (same < query.length && query[same] === word[same]) same++;
  const rest = query.slice(same);
  const starts = (part: string, skipped: number): boolean => part !== '' && word.slice(same + skipped).startsWith(part);
  return (
    rest === '' ||
    rest.length === 1 ||
    starts(rest.slice(1), 1) ||
    starts(rest.slice(1), 0) ||
    starts(rest, 1) ||
    starts(`${rest[1]}${rest[0]}${rest.slice(2)}`, 0)
  );
}

function scattered(query: string, text: string): number {
  let points = 200;
  let from = 0;
  for (const letter of query) {
    const at = text.indexOf(letter, from);
    if (at < 0) return 0;
    points -= Math.min(20, at - from);
    from = at + letter.length;
  }
  return Math.max(1, points);
}
