import { shown, unmarked } from '@/lib/text';

/** An operator that is in a query: what the chip says, and where it stands, so that it can be taken out. */
export interface Chip {
  label: string;
  from: number;
  to: number;
}

const OPERATOR = /(^|\s)(-?(?:in|from|before|after|on|has|is):(?:"[^"]*"?|[^\s"]\S*))/gu;

/** The operators of a query, as the server reads them too. Those inside a phrase are words. */
export function chipsOf(query: string): Chip[] {
  const phrases = [...query.matchAll(/(^|\s)-?"[^"]*"?/gu)].map((match) => [
    match.index,
    match.index + match[0].length,
  ]);
  const chips: Chip[] = [];
  for (const match of query.matchAll(OPERATOR)) {
    const from = match.index + (match[1]?.length ?? 0);
    const label = match[2] ?? '';
    if (phrases.some(([start = 0, end = 0]) => from > start && from < end)) continue;
    chips.push({ label: label.replaceAll('"', ''), from, to: from + label.length });
  }
  return chips;
}

export function withoutChip(query: string, chip: Chip): string {
  return `${query.slice(0, chip.from).trimEnd()} ${query.slice(chip.to).trimStart()}`.trim();
}

/** The query with an operator begun at its end, ready to be filled in. */
export function withOperator(query: string, operator: string): string {
  const start = query.trimEnd();
  return start === '' ? operator : `${start} ${operator}`;
}

/** The line of a hit without the marks of Markdown, cut at the places that were found. Places that cannot be are left out. */
export function piecesOf(text: string, marks: readonly number[]): { text: string; found: boolean }[] {
  const pieces: { text: string; found: boolean }[] = [];
  const plain = unmarked(text);
  const add = (from: number, to: number, found: boolean): void => {
    const words = shown(plain.slice(from, to));
    // What was found in an address is to be seen although addresses are not.
    if (words !== '' || found) pieces.push({ text: words === '' ? text.slice(from, to) : words, found });
  };
  let at = 0;
  for (let i = 0; i + 1 < marks.length; i += 2) {
    const from = marks[i] ?? 0;
    const to = marks[i + 1] ?? 0;
    if (from < at || to <= from || to > text.length) continue;
    if (from > at) add(at, from, false);
    add(from, to, true);
    at = to;
  }
  if (at < text.length) add(at, text.length, false);
  return pieces;
}
