import type { Token, Tokens } from 'marked';
import type { Block, Cell, Inline } from './ast';
import { otherPlace, safeHref } from './claims';
import { wordsOf } from './words';

/** So many formulas of one text are set; the rest is shown as written. */
const MAX_FORMULAS = 60;

/** Makes what is drawn out of the lexer's tokens. */
export class Converter {
  #formulas = 0;

  blocks(tokens: readonly Token[] | undefined): Block[] {
    return (tokens ?? []).flatMap((token) => this.#block(token) ?? []);
  }

  #block(token: Token): Block | undefined {
    switch (token.type) {
      case 'space':
      case 'checkbox':
        return undefined;
      case 'paragraph':
        return { type: 'paragraph', children: this.#inlines(token.tokens) };
      case 'text':
        return { type: 'line', children: this.#inlines(token.tokens ?? [token]) };
      case 'heading':
        return { type: 'heading', level: (token as Tokens.Heading).depth, children: this.#inlines(token.tokens) };
      case 'code':
        return { type: 'code', text: token.text, language: languageOf((token as Tokens.Code).lang) };
      case 'blockquote':
        return { type: 'quote', children: this.blocks(token.tokens) };
      case 'list':
        return this.#list(token as Tokens.List);
      case 'table':
        return this.#table(token as Tokens.Table);
      case 'maths_block':
        return this.#formulas++ < MAX_FORMULAS
          ? { type: 'maths', tex: token.text }
          : { type: 'plain', text: token.raw.trimEnd() };
      case 'hr':
        return { type: 'rule' };
      default:
        return { type: 'plain', text: token.raw.trimEnd() };
    }
  }

  #list({ ordered, start, items }: Tokens.List): Block {
    return {
      type: 'list',
      ordered,
      start: ordered && start !== '' ? start : undefined,
      items: items.map((item) => ({
        done: item.task ? item.checked === true : undefined,
        children: this.blocks(item.tokens),
      })),
    };
  }

  #table({ header, rows }: Tokens.Table): Block {
    const cell = ({ align, tokens }: Tokens.TableCell): Cell => ({
      align: align ?? undefined,
      children: this.#inlines(tokens),
    });
    return { type: 'table', head: header.map(cell), rows: rows.map((row) => row.map(cell)) };
  }

  #inlines(tokens: readonly Token[] | undefined): Inline[] {
    return (tokens ?? []).flatMap((token) => this.#inline(token));
  }

  #inline(token: Token): Inline | Inline[] {
    switch (token.type) {
      case 'text':
        return token.tokens === undefined ? wordsOf(token.text) : this.#inlines(token.tokens);
      case 'escape':
        return { type: 'text', text: token.text };
      case 'strong':
      case 'em':
      case 'spoiler':
        return { type: token.type, children: this.#inlines(token.tokens) };
      case 'del':
        return { type: 'strike', children: this.#inlines(token.tokens) };
      case 'codespan':
        return { type: 'code', text: token.text };
      case 'br':
        return { type: 'break' };
      case 'link':
        return this.#link(token as Tokens.Link);
      case 'maths':
        return this.#formulas++ < MAX_FORMULAS
          ? { type: 'maths', tex: token.text, display: token.display === true }
          : { type: 'text', text: token.raw };
      case 'checkbox':
        return [];
      default:
        return { type: 'text', text: token.raw };
    }
  }

  /** Nothing within a link is a link of its own: neither a mention nor another address. */
  #link({ href, tokens, raw }: Tokens.Link): Inline {
    const safe = safeHref(href);
    if (safe === undefined) return { type: 'text', text: raw };
    const children = this.#inlines(tokens).map(
      (child): Inline => (child.type === 'mention' ? { type: 'text', text: child.sign + child.name } : child),
    );
    return { type: 'link', href: safe, host: otherPlace(children, safe), children };
  }
}

/** "```js title" is of the language js. */
function languageOf(info: string | undefined): string {
  return /^[\w+#.-]{1,30}/.exec(info?.trim() ?? '')?.[0].toLowerCase() ?? '';
}
