import type { setupI18n } from '@lingui/core';

type Compiler = Parameters<ReturnType<typeof setupI18n>['setMessagesCompiler']>[0];
type Token = string | [name: string, kind?: string, choices?: Record<string, Token[]>];

const read = new Map<string, Token[]>();

/** Makes of a text as it stands in the code what Lingui fills: "Delete {name}", and the plurals and choices too. English is
 *  in the code already, and this is smaller than its catalogue. No quotes of ICU's: a text has no brace to show. */
export const fillable: Compiler = (text) => {
  if (!text.includes('{')) return [text];
  let tokens = read.get(text);
  if (tokens === undefined) {
    tokens = new Reader(text).words(false);
    read.set(text, tokens);
  }
  return tokens;
};

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the end, or the brace that ends this branch. `counting`: whether # stands for the number. */
  words(counting: boolean): Token[] {
    const words: Token[] = [];
    for (;;) {
      const [word] = this.#take(counting ? /#|[^{}#]+/y : /[^{}]+/y);
      if (word !== undefined) {
        words.push(word);
        continue;
      }
      const [, name, kind, more] = this.#take(/\{(\w+)(?:, (\w+))?(, )?/y);
      if (name === undefined) return words;
      if (kind === undefined) words.push([name]);
      else words.push(more === undefined ? [name, kind] : [name, kind, this.#choices(counting || kind === 'plural')]);
      this.#take(/\}/y);
    }
  }

  #choices(counting: boolean): Record<string, Token[]> {
    const choices: Record<string, Token[]> = {};
    for (;;) {
      const [, choice] = this.#take(/ *=?(\w+) \{/y);
      if (choice === undefined) return choices;
      choices[choice] = this.words(counting);
      this.#take(/\}/y);
    }
  }

  #take(what: RegExp): (string | undefined)[] {
    what.lastIndex = this.#at;
    const found = what.exec(this.#text);
    if (found !== null) this.#at = what.lastIndex;
    return found ?? [];
  }
}
