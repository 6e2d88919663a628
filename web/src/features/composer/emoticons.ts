import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';
import type { Edit } from './editing';
import { isInCode } from './place';

const KEY = 'parley.composer.emoticons';

/** Of this device: ":)" becomes an emoji. */
export const emoticonsTurn = new Store(storage.getItem(KEY) !== 'stay');

export function setEmoticonsTurn(turn: boolean): void {
  emoticonsTurn.set(turn);
  if (turn) storage.removeItem(KEY);
  else storage.setItem(KEY, 'stay');
}

/** Those that are hardly ever anything else. */
const EMOJI = new Map([
  [':)', '🙂'],
  [':-)', '🙂'],
  [':(', '🙁'],
  [':-(', '🙁'],
  [':D', '😃'],
  [':-D', '😃'],
  [';)', '😉'],
  [';-)', '😉'],
  [':P', '😛'],
  [':-P', '😛'],
  [':p', '😛'],
  [':-p', '😛'],
  [":'(", '😢'],
  [':O', '😮'],
  [':-O', '😮'],
  [':o', '😮'],
  [':-o', '😮'],
  [':*', '😘'],
  [':-*', '😘'],
  [':|', '😐'],
  [':-|', '😐'],
  ['<3', '❤️'],
]);

/** Makes an emoji of the emoticon that ends at the caret. Undefined: there is none that stands alone, it is within code, or
 *  they stay as they are. */
export function emojiFor(text: string, caret: number): Edit | undefined {
  if (!emoticonsTurn.get()) return undefined;
  const before = text.slice(0, caret);
  const word = /\S{1,3}$/.exec(before)?.[0] ?? '';
  const from = caret - word.length;
  const insert = EMOJI.get(word);
  if (insert === undefined || /\S$/.test(before.slice(0, from)) || isInCode(before.slice(0, from))) return undefined;
  const end = from + insert.length;
  return { from, to: caret, insert, select_from: end, select_to: end };
}

/** A text as it is sent: with the emoji of its last word, behind which no space came, or of all, where keys tell nothing
 *  of what they write. */
export function withEmoji(text: string, all: boolean): string {
  let made = text;
  // From the end: what stands before stays where it is.
  for (const { index, 0: word } of [...text.matchAll(/\S+/g)].reverse()) {
    const edit = emojiFor(made, index + word.length);
    if (edit !== undefined) made = made.slice(0, edit.from) + edit.insert + made.slice(edit.to);
    if (!all) break;
  }
  return made;
}
