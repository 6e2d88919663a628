import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Leaves out the rules of Bootstrap's precompiled sheet that no source file can mean: a rule stays when each class of one
 *  of its selectors is written, as a word, anywhere in src. What is used tomorrow is so there tomorrow. Saves most of the
 *  sheet, which every first visit waits for. */
export function trimBootstrap(src: string): Plugin {
  return {
    name: 'parley-trim-bootstrap',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!/bootstrap[^/]*\.css$/.test(id)) return undefined;
      const words = wordsOf(src);
      return { code: trim(code.replace(/\/\*[\s\S]*?\*\//g, ''), (name) => words.has(name)), map: null };
    },
  };
}

/** Exported for its test. */
export function trim(css: string, used: (name: string) => boolean): string {
  let out = '';
  for (const { head, body } of rulesOf(css)) {
    if (body === undefined) out += head;
    else if (/^@(?:media|supports|layer)/.test(head)) {
      const inner = trim(body, used);
      if (inner !== '') out += `${head}{${inner}}`;
    } else if (head.startsWith('@')) out += `${head}{${body}}`;
    else {
      const selectors = selectorsOf(head).filter((one) => classesOf(one).every(used));
      if (selectors.length > 0) out += `${selectors.join(',')}{${body}}`;
    }
  }
  return out;
}

interface Rule {
  head: string;
  /** Absent: a statement without a block. */
  body?: string;
}

/** The rules of one level. Strings and url() may hold braces and semicolons. */
function* rulesOf(css: string): Generator<Rule> {
  let from = 0;
  while (from < css.length) {
    const open = scan(css, from, '{;');
    if (open >= css.length) return;
    const head = css.slice(from, open).trim();
    if (css[open] === ';') {
      yield { head: `${head};` };
      from = open + 1;
      continue;
    }
    let close = open + 1;
    for (let depth = 1; depth > 0 && close < css.length; close++) {
      close = scan(css, close, '{}');
      depth += css[close] === '{' ? 1 : -1;
    }
    yield { head, body: css.slice(open + 1, close - 1) };
    from = close;
  }
}

/** The first place from `at` with one of `stops`, outside of strings and brackets. */
function scan(css: string, at: number, stops: string): number {
  let depth = 0;
  let quote = '';
  for (let place = at; place < css.length; place++) {
    const char = css[place] ?? '';
    if (quote !== '') {
      if (char === '\\') place++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (depth === 0 && stops.includes(char)) return place;
  }
  return css.length;
}

function selectorsOf(head: string): string[] {
  const out: string[] = [];
  for (let from = 0; from < head.length; ) {
    const end = scan(head, from, ',');
    out.push(head.slice(from, end).trim());
    from = end + 1;
  }
  return out;
}

function classesOf(selector: string): string[] {
  return [...selector.matchAll(/\.((?:[\w-]|\\.)+)/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}

function wordsOf(dir: string): Set<string> {
  const words = new Set<string>();
  const walk = (path: string): void => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
    else if (/(?<!\.test)\.tsx?$/.test(path)) {
      for (const [word] of readFileSync(path, 'utf8').matchAll(/[\w-]+/g)) words.add(word);
    }
  };
  walk(dir);
  return words;
}
