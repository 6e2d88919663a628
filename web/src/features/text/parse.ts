import { Lru } from '@/lib/lru';
import type { Block, Inline } from './ast';
import { Converter } from './convert';
import { lex } from './grammar';

/** Longer texts are shown as they are; the server takes no longer ones anyway. */
const MAX_CHARS = 16_384;
/** The lexer recurses once a level of quotes and overflows its stack on thousands. */
const MAX_NESTING = 32;
const MAX_KEPT_CHARS = 1_000_000;

export type Parsed = readonly Block[] | undefined;

const kept = new Lru<string, Parsed>(MAX_KEPT_CHARS, (text) => text.length + 64);

/** The blocks of a message, or undefined when it is to be shown as plain text. The same text gives the same object while
 *  it is kept. */
export function parse(text: string): Parsed {
  return kept.get(text, () => read(text));
}

function read(text: string): Parsed {
  if (text.length > MAX_CHARS || nestsTooDeep(text)) return undefined;
  try {
    const blocks = new Converter().blocks(lex(text));
    return blocks.some(says) ? blocks : undefined;
  } catch {
    return undefined;
  }
}

/** False for what is all marks and no words, as an opened code block, a lone ">" or "***": people mean those as they are. */
function says(block: Block): boolean {
  switch (block.type) {
    case 'list':
      return block.items.some((item) => item.children.some(says));
    case 'quote':
      return block.children.some(says);
    case 'paragraph':
    case 'line':
    case 'heading':
      return block.children.some(speaks);
    case 'code':
    case 'plain':
      return block.text.trim() !== '';
    case 'rule':
      return false;
    case 'table':
    case 'maths':
      return true;
  }
}

function speaks(inline: Inline): boolean {
  if ('children' in inline) return inline.children.some(speaks);
  if (inline.type === 'text' || inline.type === 'code') return inline.text.trim() !== '';
  return inline.type !== 'break';
}

/** Counts what opens a quote or a list at the beginning of each line: a rule of eighty dashes opens nothing. */
function nestsTooDeep(text: string): boolean {
  return (
    text.split('\n').some((line) => {
      const prefix = /^[\s>*+\-\d.)]*/.exec(line)?.[0] ?? '';
      return (prefix.match(/>|[*+-](?=\s)|\d[.)](?=\s)|\s{2}/g) ?? []).length > MAX_NESTING;
    }) || /[[(]{64}/.test(text)
  );
}
