/** What a message's text is made of, as it is drawn. Plain data: a text is parsed once and kept. */

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'break' }
  | { type: 'strong' | 'em' | 'strike' | 'spoiler'; children: readonly Inline[] }
  | { type: 'code'; text: string }
  /** `host` is where it really leads, when its words name another place. */
  | { type: 'link'; href: string; host: string | undefined; children: readonly Inline[] }
  | { type: 'maths'; tex: string; display: boolean }
  /** `@name` or `#name`, which may or may not be somebody or somewhere. */
  | { type: 'mention'; sign: '@' | '#'; name: string }
  /** `:name:`, which may or may not be an emoji. */
  | { type: 'shortcode'; name: string };

export interface ListItem {
  /** Absent: not a task. */
  done: boolean | undefined;
  children: readonly Block[];
}

export type Align = 'left' | 'center' | 'right' | undefined;

export interface Cell {
  align: Align;
  children: readonly Inline[];
}

export type Block =
  | { type: 'paragraph'; children: readonly Inline[] }
  /** The words of a list item that stands close to the next: no paragraph of their own. */
  | { type: 'line'; children: readonly Inline[] }
  | { type: 'heading'; level: number; children: readonly Inline[] }
  | { type: 'code'; text: string; language: string }
  | { type: 'quote'; children: readonly Block[] }
  | { type: 'list'; start: number | undefined; ordered: boolean; items: readonly ListItem[] }
  | { type: 'table'; head: readonly Cell[]; rows: readonly (readonly Cell[])[] }
  | { type: 'maths'; tex: string }
  | { type: 'rule' }
  | { type: 'plain'; text: string };
