import type { Anchor } from '@/components/Floating';
import type { Event } from '@/protocol/ops.gen';

/** What can be done to the messages of one surface, a room's timeline or a thread. All of it stays the same function, so
 *  that rows need not be drawn again. */
export interface MessageActions {
  retry: (cmid: string) => void;
  discard: (cmid: string) => void;
  linkOf: (seq: number) => string;
  react: (event: Event, emoji: string, on: boolean) => void;
  /** Opens the choice of all emoji, beside something that stays. */
  pick: (event: Event, beside: HTMLElement | null) => void;
  /** Opens what can be done, at a place of the message's row. */
  menu: (event: Event, row: HTMLElement | null, at: Anchor) => void;
  /** Answers with a quote. */
  reply: (event: Event) => void;
  /** Shows the thread below the message; absent within one. */
  thread: ((event: Event) => void) | undefined;
  /** Marks a message and all behind it as unread; absent in a thread. */
  unread: ((event: Event) => void) | undefined;
  edit: (event: Event) => void;
  /** Ends the editing, and gives the focus back to where things are written. */
  edited: () => void;
  /** The text that an edit of the message began with, and has come to. */
  editText: (event: Event) => string;
  noteEdit: (event: Event, text: string) => void;
  remove: (event: Event) => void;
  pin: (event: Event, on: boolean) => void;
  /** Takes the preview of its link away, for everybody. */
  unpreview: (event: Event) => void;
  /** Asks those who look after the room to look at it. */
  report: (event: Event) => void;
  history: (event: Event) => void;
  /** Keeps the message for later. */
  keep: (event: Event) => void;
  /** Opens the choice of when to be reminded of it, at a place of its row. */
  remind: (event: Event, at: Anchor) => void;
  forward: (event: Event) => void;
  seen: (event: Event) => void;
  copyLink: (event: Event) => void;
  copyText: (event: Event) => void;
  /** Goes to a message of the room. */
  jump: (seq: number) => void;
}
