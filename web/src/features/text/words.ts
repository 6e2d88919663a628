import type { Inline } from './ast';

/** A name as it is written after a sign: no dot or dash at its end, as that belongs to the sentence. */
const NAME = '[\\p{L}\\p{M}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}._-]{0,78}[\\p{L}\\p{M}\\p{N}_])?';
/** Before a sign nothing may stand that makes it part of a word, an address or a path. */
const WORDS = new RegExp(`(^|[^\\p{L}\\p{M}\\p{N}_@#/.:&=-])(?:([@#])(${NAME})|:([a-z0-9_+-]{2,50}):)`, 'gu');

/** Whether `#name` would be read as one word; other rooms cannot be written this way. */
export function isWritable(name: string): boolean {
  return new RegExp(`^${NAME}$`, 'u').test(name);
}

/** A text with its mentions and shortcodes taken out of it. */
export function wordsOf(text: string): Inline[] {
  const out: Inline[] = [];
  let from = 0;
  const push = (until: number): void => {
    if (until > from) out.push({ type: 'text', text: text.slice(from, until) });
  };
  for (const match of text.matchAll(WORDS)) {
    const [all, before = '', sign, name, shortcode] = match;
    push(match.index + before.length);
    from = match.index + all.length;
    if (shortcode !== undefined) out.push({ type: 'shortcode', name: shortcode });
    else if (name !== undefined) out.push({ type: 'mention', sign: sign === '@' ? '@' : '#', name });
  }
  push(text.length);
  return out;
}
