import { Lexer, type Token, Tokenizer } from 'marked';

export type { Token };

/** Longer texts are shown as they are; the server takes no longer ones anyway. */
const MAX_CHARS = 16_384;
/** The lexer recurses once a level of quotes and overflows its stack on thousands. */
const MAX_NESTING = 32;
const MAX_CACHED = 2_000;

/** Markdown as chat needs it: no underlined headings ("a\n---" is what people type), no code by indentation, no HTML. */
class ChatTokenizer extends Tokenizer {
  override lheading(): undefined {}
  override code(): undefined {}
  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
}

const options = { gfm: true, breaks: true, tokenizer: new ChatTokenizer() };
const cache = new Map<string, readonly Token[] | undefined>();

/** The tokens of a message, or undefined when it is to be shown as plain text. The lexer makes no HTML: what becomes of
 *  a token is decided where it is rendered. */
export function parseMarkdown(text: string): readonly Token[] | undefined {
  const known = cache.get(text);
  if (known !== undefined || cache.has(text)) return known;
  const tokens = lex(text);
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  cache.set(text, tokens);
  return tokens;
}

function lex(text: string): readonly Token[] | undefined {
  if (text.length > MAX_CHARS || nestsTooDeep(text)) return undefined;
  try {
    const tokens = new Lexer(options).lex(text);
    return says(tokens) ? tokens : undefined;
  } catch {
    return undefined;
  }
}

/** False for what is all marks and no words, as an opened code block, a lone ">" or "***": people mean those as they are. */
function says(tokens: readonly Token[]): boolean {
  return tokens.some((token) => {
    if ('items' in token) return says(token.items as Token[]);
    if ('tokens' in token && token.tokens !== undefined) return says(token.tokens);
    if (token.type === 'space' || token.type === 'hr' || token.type === 'br') return false;
    return 'text' in token ? String(token.text).trim() !== '' : true;
  });
}

function nestsTooDeep(text: string): boolean {
  return (
    text.split('\n').some((line) => {
      const prefix = /^[\s>*+\-\d.)]*/.exec(line)?.[0] ?? '';
      return prefix.replace(/\s{2}/g, '>').replace(/[^>*+\-)]/g, '').length > MAX_NESTING;
    }) || /[[(*_~]{64}/.test(text)
  );
}

/** The address when it is one that a click may open, else undefined. */
export function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
