import { useMemo } from 'react';
import { fold } from '@/lib/fuzzy';
import { pictureUrl, useServerEmoji } from '../custom/useCatalogue';
import { type Emoji, emojiOfCode } from './data';

const NONE: readonly Emoji[] = [];

/** The emoji of this server as the others are; none unless they are wanted. One that is called as one of Unicode's cannot be
 *  written. */
export function useOwnEmoji(wanted = true): readonly Emoji[] {
  const known = useServerEmoji();
  return useMemo(() => {
    if (!wanted || known === undefined) return NONE;
    return [...known.values()].filter(({ name }) => emojiOfCode(name) === undefined).map(asEmoji);
  }, [known, wanted]);
}

function asEmoji(one: { name: string; file: string; moves?: boolean }): Emoji {
  return {
    char: `:${one.name}:`,
    label: one.name,
    codes: [one.name],
    words: [...new Set([one.name, ...one.name.split(/[_+-]+/)].map(fold).filter((word) => word !== ''))],
    group: -1,
    tones: [],
    url: pictureUrl(one),
  };
}
