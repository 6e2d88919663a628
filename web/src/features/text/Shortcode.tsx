import { useLazy } from '@/lib/lazy';
import { emojiData } from '../emoji/lazy';

/** `:name:` as its emoji, as written when there is none of that name. */
export function Shortcode({ name }: { name: string }) {
  const emoji = useLazy(emojiData)?.emojiOfCode(name);
  return emoji === undefined ? (
    `:${name}:`
  ) : (
    <span className="emoji" role="img" aria-label={emoji.label} title={`:${name}:`}>
      {emoji.char}
    </span>
  );
}
