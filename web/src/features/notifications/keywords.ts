/** As long as these are; the server refuses more. */
export const MAX_KEYWORDS = 50;
export const MAX_KEYWORD_CHARS = 40;

/** What makes words, in scripts that put spaces between them; elsewhere a word may begin and end anywhere. */
const OF_WORD = /[\p{L}\p{N}]/u;
const WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;
const MARK = /\p{M}/u;

/** Upper and lower case, and other ways to write the same letter, are one. */
export function folded(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/** Tells whether a text has one of the words, as a word. */
export function wordFinder(keywords: readonly string[]): (text: string) => boolean {
  const words = [...new Set(keywords.map((word) => folded(word).trim()))].filter((word) => word !== '');
  if (words.length === 0) return () => false;
  return (text) => {
    const whole = folded(text);
    return words.some((word) => hasWord(whole, word));
  };
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    if (isEdge(before(text, at), first(word)) && isEdge(before(word, word.length), first(text.slice(end, end + 2))))
      return true;
  }
  return false;
}

/** Whether a word may end between two characters; empty: there the text does. */
function isEdge(left: string, right: string): boolean {
  if (left === '' || right === '') return true;
  // A mark belongs to what is left of it, which is then another letter.
  if (MARK.test(right)) return false;
  const of_word = (char: string): boolean => OF_WORD.test(char) || MARK.test(char);
  return !of_word(left) || !of_word(right) || WITHOUT_SPACES.test(left) || WITHOUT_SPACES.test(right);
}

function first(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** The character that ends at an index. */
function before(text: string, end: number): string {
  return [...text.slice(Math.max(0, end - 2), end)].at(-1) ?? '';
}
