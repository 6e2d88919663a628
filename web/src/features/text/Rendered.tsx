import { isOnlyEmoji } from '@/lib/text';
import { useServerEmoji } from '../custom/useCatalogue';
import { type NamedGroup, NamedGroups } from '../groups/book';
import type { Block, Inline } from './ast';
import { blocks } from './Blocks';
import { inlines } from './Inlines';
import { parse } from './parse';

const MOST_LARGE = 3;

/** A text with all that Markdown marks in it. */
export function Rendered({ text, groups }: { text: string; groups?: readonly NamedGroup[] | undefined }) {
  const parsed = parse(text);
  if (parsed === undefined)
    return (
      <p className="plain" dir="auto">
        {text}
      </p>
    );
  const few = onlySigns(parsed);
  if (few !== undefined) return <Large signs={few} otherwise={parsed} />;
  return groups === undefined ? blocks(parsed) : <NamedGroups value={groups}>{blocks(parsed)}</NamedGroups>;
}

/** One to three emoji of this server, among others or alone, are shown large; names that none has are a text. */
function Large({ signs, otherwise }: { signs: readonly Inline[]; otherwise: readonly Block[] }) {
  const emoji = useServerEmoji();
  const all = signs.every((one) => one.type !== 'shortcode' || emoji?.has(one.name) === true);
  return all ? <p className="msg-emoji">{inlines(signs)}</p> : blocks(otherwise);
}

/** The pieces of a text that is nothing but a few names in colons and emoji; undefined: it is something else. */
export function onlySigns(parsed: readonly Block[]): readonly Inline[] | undefined {
  const [only, more] = parsed;
  if (more !== undefined || only?.type !== 'paragraph' || only.children.length > 2 * MOST_LARGE + 1) return undefined;
  const names = only.children.filter((one) => one.type === 'shortcode').length;
  const fits = only.children.every(
    (one) => one.type === 'shortcode' || (one.type === 'text' && (one.text.trim() === '' || isOnlyEmoji(one.text))),
  );
  return names > 0 && names <= MOST_LARGE && fits ? only.children : undefined;
}
