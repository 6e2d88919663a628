import { Lazy, useLazy } from '@/lib/lazy';
import { nameOfCode } from './code';

const pictures = new Lazy(() => import('./ServerEmoji'));

/** An emoji as reactions have it: a character, or the name of one of this server in colons. */
export function EmojiSign({ emoji }: { emoji: string }) {
  const name = nameOfCode(emoji);
  const there = useLazy(pictures, name !== undefined);
  return there === undefined || name === undefined ? emoji : <there.ServerEmoji name={name} />;
}
