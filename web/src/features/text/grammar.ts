import { Hooks, Lexer, Marked, type MarkedExtension, type Token, Tokenizer, type TokenizerExtension } from 'marked';

/** What a parse may cost: each step of the lexer costs as many characters as it still has before it. Texts that people
 *  write cost some thousands; those made to be slow cost the square of their length. */
const MAX_COST = 24_000_000;
/** What the beginning of each stretch of words costs, in steps: the lexer then looks for all its marks. */
const STRETCH_STEPS = 64;
/** What looking for a block costs, and for the end of an emphasis: each tries many expressions. */
const BLOCK_STEPS = 4;
const EMPHASIS_STEPS = 6;
/** A formula within a line is short; the bound keeps lone dollar signs from being looked for to the end each time. */
const MAX_INLINE_TEX = 1_000;
const MAX_BLOCK_TEX = 4_000;
/** A row may be one character and stand for as many cells as the table is wide. */
const MAX_CELLS = 2_000;

export class TooCostly extends Error {}

let cost = 0;

function spend(src: string, steps = 1): void {
  cost += src.length * steps;
  if (cost > MAX_COST) throw new TooCostly();
}

/** Markdown as chat needs it: no underlined headings ("a\n---" is what people type), no code by indentation, no HTML. */
class ChatTokenizer extends Tokenizer {
  /** The lexer asks for these two first, once a step: of blocks, and of what is in a line. */
  override space(src: string) {
    spend(src, BLOCK_STEPS);
    return super.space(src);
  }
  override escape(src: string) {
    spend(src);
    return super.escape(src);
  }
  override emStrong(src: string, masked: string, before?: string) {
    if (src[0] === '*' || src[0] === '_') spend(src, EMPHASIS_STEPS);
    return super.emStrong(src, masked, before);
  }
  override table(src: string) {
    const rows = src.slice(0, src.search(/\n\s*\n|$/)).split('\n');
    const width = rows[0]?.split('|').length ?? 0;
    return width * rows.length > MAX_CELLS ? undefined : super.table(src);
  }
  override lheading(): undefined {}
  override code(): undefined {}
  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
}

/** Keeps the stars and underscores of formulas from opening or closing an emphasis. */
class ChatHooks extends Hooks {
  override emStrongMask(src: string): string {
    spend(src, STRETCH_STEPS);
    if (!src.includes('$')) return src;
    return src.replace(/\$[^\s$](?:[^$\n]{0,1000}[^\s$])?\$/g, (tex) => `[${'a'.repeat(tex.length - 2)}]`);
  }
}

/** `||hidden||`. The closing bars may not be escaped or within code. */
const spoiler: TokenizerExtension = {
  name: 'spoiler',
  level: 'inline',
  start: (src) => src.indexOf('||'),
  tokenizer(src) {
    if (!src.startsWith('||')) return undefined;
    const end = spoilerEnd(src);
    if (end === undefined) return undefined;
    const text = src.slice(2, end);
    return { type: 'spoiler', raw: src.slice(0, end + 2), text, tokens: this.lexer.inlineTokens(text) };
  },
};

function spoilerEnd(src: string): number | undefined {
  let code = false;
  for (let at = 2; at < src.length - 1; at++) {
    const char = src[at];
    if (char === '`') code = !code;
    else if (code) continue;
    else if (char === '\\') at++;
    else if (char === '|' && src[at + 1] === '|') return src.slice(2, at).trim() === '' ? undefined : at;
  }
  return undefined;
}

/** `$a+b$` and `$$a+b$$`. Prices are not formulas: "$5 and $6", "5$ or 6$". */
const maths: TokenizerExtension = {
  name: 'maths',
  level: 'inline',
  start: (src) => src.indexOf('$'),
  tokenizer(src, before) {
    if (src[0] !== '$' || /[\p{L}\p{N}$\\]$/u.test(before.at(-1)?.raw ?? '')) return undefined;
    const found = src[1] === '$' ? displayed(src) : within(src);
    return found && { type: 'maths', ...found };
  },
};

function within(src: string): { raw: string; text: string; display: boolean } | undefined {
  const line = src.slice(1, MAX_INLINE_TEX + 1).split('\n', 1)[0] ?? '';
  if (/^\s/.test(line)) return undefined;
  for (let at = line.indexOf('$', 1); at > 0; at = line.indexOf('$', at + 1)) {
    if (/[\s\\]/.test(line[at - 1] ?? '') || /\p{N}/u.test(line[at + 1] ?? '')) continue;
    return { raw: src.slice(0, at + 2), text: line.slice(0, at), display: false };
  }
  return undefined;
}

function displayed(src: string): { raw: string; text: string; display: boolean } | undefined {
  const end = src.slice(0, MAX_BLOCK_TEX).indexOf('$$', 2);
  const text = src.slice(2, Math.max(2, end)).trim();
  return text === '' ? undefined : { raw: src.slice(0, end + 2), text, display: true };
}

/** A formula that stands alone, over as many lines as it needs. */
const mathsBlock: TokenizerExtension = {
  name: 'maths_block',
  level: 'block',
  start: (src) => {
    const at = src.indexOf('\n$$');
    return at < 0 ? undefined : at + 1;
  },
  tokenizer(src) {
    if (!src.startsWith('$$')) return undefined;
    const found = displayed(src);
    const rest = found === undefined ? undefined : /^[ \t]*(?:\n+|$)/.exec(src.slice(found.raw.length))?.[0];
    return found && rest !== undefined ? { type: 'maths_block', raw: found.raw + rest, text: found.text } : undefined;
  },
};

const extension: MarkedExtension = { gfm: true, breaks: true, extensions: [spoiler, maths, mathsBlock] };
const marked = new Marked(extension);
const options = { ...marked.defaults, tokenizer: new ChatTokenizer(), hooks: new ChatHooks() };

/** Throws what the lexer throws, and TooCostly. */
export function lex(text: string): Token[] {
  cost = 0;
  return new Lexer(options).lex(text);
}
