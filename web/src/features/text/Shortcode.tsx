import { useLazy } from '@/lib/lazy';
import { ServerEmoji } from '../custom/ServerEmoji';
import { emojiData } from '../emoji/lazy';

/** `:name:` as its emoji, one of this server's where Unicode has none of that name; as written when nobody has. */
export function Shortcode({ name }: { name: string }) {
  const data = useLazy(emojiData);
  const emoji = data?.emojiOfCode(name);
  if (data === undefined) return `:${name}:`;
  return emoji === undefined ? (
    <ServerEmoji name={name} />
  ) : (
    <span className="emoji" role="img" aria-label={data.labelOf(emoji)} title={`:${name}:`}>
      {emoji.char}
    </span>
  );
}
