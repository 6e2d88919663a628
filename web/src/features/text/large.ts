import { useLazy } from '@/lib/lazy';
import { isOnlyEmoji } from '@/lib/text';
import { emojiData } from '../emoji/lazy';

const SHORTCODES = /:([a-z0-9_+-]{2,50}):/g;
const MAX_CHARS = 200;

/** The emoji of a text that is one to three of them and nothing else, shortcodes taken for what they mean; else undefined:
 *  such a text is shown large. */
export function useLargeEmoji(text: string): string | undefined {
  const coded =
    text.length <= MAX_CHARS && /^(?:\s*:[a-z0-9_+-]{2,50}:){1,3}\s*$/.test(text.replace(/[^\x21-\x7e]+/g, ' '));
  const data = useLazy(emojiData, coded);
  const shown =
    data === undefined ? text : text.replace(SHORTCODES, (all, code) => data.emojiOfCode(code)?.char ?? all);
  return isOnlyEmoji(shown) ? shown.trim() : undefined;
}
