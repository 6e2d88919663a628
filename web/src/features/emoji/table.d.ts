declare module 'virtual:emoji-table' {
  /** A line each: emoji | label | shortcodes | words | group | tones. */
  export const table: string;
}

declare module 'virtual:emoji-words/*' {
  /** A line for each emoji of the table, in its order: name | other words, one by one. */
  export const words: string;
}
