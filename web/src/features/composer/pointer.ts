/** Touch keyboards have no Shift+Enter: there Enter is a new line and the button sends. */
export function coarsePointer(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}
