/** What the keys and buttons of formatting make of a text and what is selected in it. */

export interface Selected {
  text: string;
  from: number;
  to: number;
}

/** Replaces from..to and then selects select_from..select_to of the new text. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
  select_from: number;
  select_to: number;
}

/** Puts marks around what is selected, or takes them away; without a selection the caret stands between them. */
export function wrap({ text, from, to }: Selected, mark: string): Edit {
  const inner = text.slice(from, to);
  const size = mark.length;
  // "*" is not around what "**" is around.
  const single = (at: number): boolean => size > 1 || text[at] !== mark;
  if (
    text.slice(from - size, from) === mark &&
    text.slice(to, to + size) === mark &&
    single(from - size - 1) &&
    single(to + size)
  )
    return { from: from - size, to: to + size, insert: inner, select_from: from - size, select_to: to - size };
  if (
    inner.length > 2 * size &&
    inner.startsWith(mark) &&
    inner.endsWith(mark) &&
    single(from + size) &&
    single(to - size - 1)
  ) {
    const bare = inner.slice(size, -size);
    return { from, to, insert: bare, select_from: from, select_to: from + bare.length };
  }
  // A mark that touches a space marks nothing: the spaces stay outside.
  const lead = inner.trim() === '' ? 0 : inner.length - inner.trimStart().length;
  const tail = inner.trim() === '' ? 0 : inner.length - inner.trimEnd().length;
  const [start, end] = [from + lead, to - tail];
  const insert = mark + text.slice(start, end) + mark;
  return { from: start, to: end, insert, select_from: start + size, select_to: end + size };
}

/** The words of a link are what was selected, and its address is selected then; of an address alone the words are. */
export function link({ text, from, to }: Selected): Edit {
  const inner = text.slice(from, to);
  if (isAddress(inner)) return { from, to, insert: `[](${inner})`, select_from: from + 1, select_to: from + 1 };
  const at = from + inner.length + 3;
  return { from, to, insert: `[${inner}](https://)`, select_from: at, select_to: at + 'https://'.length };
}

/** An address that is pasted over words makes a link of them. */
export function pasteLink({ text, from, to }: Selected, pasted: string): Edit | undefined {
  const inner = text.slice(from, to);
  const address = pasted.trim();
  if (inner.trim() === '' || /[\n[\]]/.test(inner) || isAddress(inner) || !isAddress(address)) return undefined;
  const insert = `[${inner}](${address.replace(/[()]/g, (one) => (one === '(' ? '%28' : '%29'))})`;
  return { from, to, insert, select_from: from + insert.length, select_to: from + insert.length };
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s<>]+$/.test(text);
}

/** A fence stands on lines of its own. */
export function codeBlock({ text, from, to }: Selected): Edit {
  const inner = text.slice(from, to);
  const before = from === 0 || text[from - 1] === '\n' ? '' : '\n';
  const after = to === text.length || text[to] === '\n' ? '' : '\n';
  const fence = inner.includes('```') ? '````' : '```';
  const insert = `${before}${fence}\n${inner}\n${fence}${after}`;
  const start = from + before.length + fence.length + 1;
  return { from, to, insert, select_from: start, select_to: start + inner.length };
}

/** Begins each selected line with a mark, or takes it away when all have it. */
export function markLines({ text, from, to }: Selected, mark: string): Edit {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const next = text.indexOf('\n', to);
  const end = next < 0 ? text.length : next;
  const lines = text.slice(start, end).split('\n');
  const all = lines.every((line) => line.startsWith(mark));
  const insert = lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join('\n');
  if (from !== to) return { from: start, to: end, insert, select_from: start, select_to: start + insert.length };
  const caret = Math.max(start, from + (all ? -mark.length : mark.length));
  return { from: start, to: end, insert, select_from: caret, select_to: caret };
}

const ITEM = /^(\s*)(?:([-*+])|(\d{1,8})([.)])|((?:> ?)+))(\s*)(\[[ xX]\]\s+)?/;

/** What a new line begins with: the next item of a list, another line of a quote, the indent of code. Undefined: nothing.
 *  An item without words ends its list. */
export function newLine({ text, from, to }: Selected): Edit | undefined {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const line = text.slice(start, from);
  const put = (insert: string): Edit => {
    const caret = from + insert.length;
    return { from, to, insert, select_from: caret, select_to: caret };
  };
  if (isInFence(text.slice(0, from))) {
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    return indent === '' ? undefined : put(`\n${indent}`);
  }
  const item = ITEM.exec(line);
  if (item === null) return undefined;
  const [all, indent = '', bullet, number, dot, quote, space = '', task] = item;
  if (quote === undefined && space === '') return undefined;
  if (line.length === all.length && from === to)
    return { from: start, to: from, insert: '', select_from: start, select_to: start };
  const mark = bullet ?? quote?.trimEnd() ?? `${Number(number) + 1}${dot}`;
  return put(`\n${indent}${mark}${space === '' ? ' ' : space}${task === undefined ? '' : '[ ] '}`);
}

/** Whether a text ends within a fenced block. */
export function isInFence(before: string): boolean {
  return (before.match(/^ {0,3}```/gm) ?? []).length % 2 === 1;
}
