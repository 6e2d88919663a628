import { i18n } from '@lingui/core';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One or two characters, as people see characters, that stand for a name: of each of its first two words one. "Ada Lovelace"
 *  → AL, "dan" → D, "キャロル" → キ. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== '');
  const [first = '?', second = ''] = words;
  return (graphemes(first, 1) + graphemes(second, 1)).toLocaleUpperCase();
}

function graphemes(text: string, count: number): string {
  let out = '';
  let taken = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (taken++ >= count) break;
    out += segment;
  }
  return out;
}

const ONLY_EMOJI =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[0-9#*]\uFE0F\u20E3|[\u200D\uFE0F\s]|[\u{E0020}-\u{E007F}])+$/u;
const MANY_EMOJI = 3;

/** Whether a text is a few emoji and nothing else: such a text is shown large. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > 80 || text.trim() === '' || !ONLY_EMOJI.test(text)) return false;
  return [...segmenter.segment(text.replace(/\s/g, ''))].length <= MANY_EMOJI;
}

/** The same small number for the same text everywhere: FNV-1a. */
export function hashOf(text: string, below: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % below;
}

/** "Ada, Ben and Cleo", as the language does it; `or`: "Ada, Ben or Cleo". English without a comma before the last. */
export function listWords(words: readonly string[], type: 'and' | 'or' = 'and'): string {
  const locale = i18n.locale === 'en' ? 'en-GB' : i18n.locale;
  return new Intl.ListFormat(locale, { type: type === 'and' ? 'conjunction' : 'disjunction' }).format(words);
}

/** "Ada", "Ada and Ben", "Ada, Ben and 2 more". */
export function listNames(names: readonly string[], shown = 2): string {
  if (names.length <= shown) return listWords(names);
  const more = i18n.t({
    id: '{count} more (names)',
    message: '{count} more',
    comment: 'The last of a list of people: Ada, Ben and 2 more',
    values: { count: names.length - shown },
  });
  return listWords([...names.slice(0, shown), more]);
}

const EXCERPT_CHARS = 240;
/** In place of a mark that is left out, so that all else keeps its place. */
const GONE = '\0';

const gone = (mark: string): string => GONE.repeat(mark.length);
/** Between them a text runs from left to right, whatever surrounds it: code does, its signs too. */
const CODE_START = '\u2066';
const CODE_END = '\u2069';
/** It is not torn: the end of a line would be in its middle. */
const CODE = /\u2066[^\u2069]*/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff]/;

const within = (_: string, mark: string, words: string, end: string): string => gone(mark) + words + gone(end);
const between = (_: string, mark: string, words: string): string => gone(mark) + words + gone(mark);

const SPOILER = /\|\|(?:[^|]|\|(?!\|))*?[^|\s](?:[^|]|\|(?!\|))*?\|\|/g;
const LINK = /(!?\[)([^\]\n]+)(\]\([^)\n]*\))/g;
const PAIR = /(?<!\\)(\*\*|__|~~|`)(\S(?:.*?\S)?)\1/g;
/** As the parser has it: prices are no formulas. */
const MATHS = /(?<![\w$\\])(\$+\n?)([^\s$][^$\n]*)(\n?\$+)(?!\d)/g;
/** Of a table; its rule is one, too. */
const ROW = /^ *\|.*\|$/gm;
const SINGLE = /(?<![\p{L}\p{N}_*\\])([_*])([^\s_*](?:[^_*]*[^\s_*])?)\1(?![\p{L}\p{N}_*])/gu;

/** A text of the same length whose marks of Markdown are to be left out by `shown`. */
export function unmarked(text: string): string {
  return text
    .replace(/```\w*/g, gone)
    .replace(SPOILER, (hidden) => '▒'.repeat(hidden.length))
    .replace(MATHS, within)
    .replace(ROW, (row) => row.replace(/\|[-:| ]+$|\|/g, gone))
    .replace(/^…?\s*(?:>|#{1,6}|(?:[-*+]|\d+[.)])(?:\s+\[[ xX]\](?=\s))?)\s+/gm, (start) =>
      start.replace(/[^…]/g, GONE),
    )
    .replace(LINK, within)
    .replace(PAIR, (all, mark: string, words: string) =>
      mark === '`' && RIGHT_TO_LEFT.test(text) ? CODE_START + words + CODE_END : between(all, mark, words),
    )
    .replace(PAIR, between)
    .replace(SINGLE, between)
    .replace(/\\(?=[\\`*_~|[\](){}#+\-.!>])(.)/g, `${GONE}$1`);
}

/** What is seen of it, or of a part of it. What is hidden until it is pressed is hidden in a line of a list and on a locked
 *  screen, too. */
export function shown(unmarked: string): string {
  return unmarked.replaceAll(GONE, '').replace(/▒+/g, '▒▒▒▒');
}

/** Where a point of a list follows on another one, or on words that do not lead to it. */
const NEXT_POINT = /(?<=[^\s:,.!?])(?=\s*\n\s*(?:[-*+]|\d+[.)])\s)/g;

/** The first words of a message for a place where only its words count: without the marks of Markdown, in one line, the
 *  points of a list with a dot between them. */
export function excerpt(text: string): string {
  const part = text.slice(0, EXCERPT_CHARS * 2);
  const plain = shown(unmarked((part === text ? text : stillHidden(part)).replace(NEXT_POINT, ' ·')))
    .replace(/\s+/g, ' ')
    .replace(CODE, (code) => code.replaceAll(' ', '\xa0'))
    .trim();
  return plain.length > EXCERPT_CHARS ? `${graphemes(plain, EXCERPT_CHARS)}…` : plain;
}

/** The beginning of a text: what would be hidden up to a sign that was cut off is hidden to the end. */
export function stillHidden(part: string): string {
  return part.replace(SPOILER, '').includes('||') ? `${part.replace(/\|+$/, '')}||` : part;
}

/** What a message begins with, as the name of a thread: its first line with words. */
export function firstLine(text: string): string {
  // What is hidden stays whole, so that it stays hidden.
  const whole = text.replace(SPOILER, (hidden) => hidden.replaceAll('\n', ' '));
  for (const line of whole.split('\n')) {
    const words = excerpt(line);
    if (words !== '') return words;
  }
  return '';
}
