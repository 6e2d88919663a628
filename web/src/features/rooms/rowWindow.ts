/** Where a long list is: its first row's top below the upper edge of what is seen (negative: above it), what is seen is so high. */
export interface Sight {
  top: number;
  height: number;
}

/** Rows that are rendered beyond what is seen, on either side: the keyboard and a quick finger find them there. */
const BEYOND = 20;

/** Which rows of a list are rendered, from and to (not included). */
export function rowWindow({ top, height }: Sight, row_height: number, count: number): { from: number; to: number } {
  const first = Math.floor(-top / row_height) - BEYOND;
  const last = Math.ceil((height - top) / row_height) + BEYOND;
  const from = Math.max(0, Math.min(first, count));
  return { from, to: Math.max(from, Math.min(last, count)) };
}
