/** The name in a `:name:` that may be an emoji of this server; undefined: it is something else. */
export function nameOfCode(text: string): string | undefined {
  return /^:([a-z0-9_+-]{2,32}):$/.exec(text)?.[1];
}
