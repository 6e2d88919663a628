import { isInFence } from './editing';

/** The list of what is offered, for the field that keeps the focus. */
export const CHOICES_ID = 'composer-choices';

export type Kind = 'person' | 'room' | 'emoji' | 'command';

/** A word being written that names something: from its sign to the caret. */
export interface Place {
  kind: Kind;
  query: string;
  from: number;
  to: number;
}

/** No name is longer; nothing further back is looked at. */
const LOOK_BACK = 90;
const KINDS: Record<string, Kind> = { '@': 'person', '#': 'room', ':': 'emoji' };
/** One letter after a colon is a face more often than an emoji's name. */
const MIN_EMOJI_QUERY = 2;

/** What could be completed at the caret; undefined within code, and within words: "a@b", "10:30". */
export function placeAt(text: string, caret: number): Place | undefined {
  const before = text.slice(0, caret);
  const command = /^\/([a-z]*)$/i.exec(before);
  if (command !== null) return { kind: 'command', query: command[1] ?? '', from: 0, to: caret };
  const found = /(?:^|[\s([{"'*_~|,;>])([@#:])([\p{L}\p{M}\p{N}._+-]*)$/u.exec(before.slice(-LOOK_BACK));
  const kind = KINDS[found?.[1] ?? ''];
  const query = found?.[2] ?? '';
  if (kind === undefined || isInCode(before)) return undefined;
  if (kind === 'emoji' && !isEmojiQuery(query)) return undefined;
  return { kind, query, from: caret - query.length - 1, to: caret };
}

/** Names of emoji are searched in the reader's language, too. */
function isEmojiQuery(query: string): boolean {
  if (!/^[\p{L}\p{M}\p{N}_+-]+$/u.test(query)) return false;
  return query.length >= MIN_EMOJI_QUERY || /\p{sc=Han}/u.test(query);
}

/** Whether a text ends within code. */
export function isInCode(before: string): boolean {
  if (isInFence(before)) return true;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return (line.match(/`/g) ?? []).length % 2 === 1;
}
