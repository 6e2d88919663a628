declare module 'virtual:emoji-table' {
  /** A line each: emoji | label | shortcodes | words | group | tones. */
  export const table: string;
}
