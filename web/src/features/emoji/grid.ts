import { i18n } from '@lingui/core';
import { arrows } from '@/lib/direction';
import { type Emoji, emojiOfChar, emojis, GROUPS, inTone, type Tone } from './data';
import { searchEmoji } from './search';

/** As many columns as emoji.css has; the arrow keys go by them. */
const COLUMNS = 9;
const MOST_FOUND = 90;

export interface Section {
  id: string;
  name: string;
  emojis: readonly { emoji: Emoji; char: string }[];
}

/** What a query finds; without one, what was used lately and then all there are. */
export function sectionsOf(
  query: string,
  tone: Tone,
  recent: readonly string[],
  own: readonly Emoji[] = [],
): Section[] {
  if (query.trim() !== '') {
    const found = searchEmoji(query, MOST_FOUND, recent, own);
    return found.length === 0 ? [] : [{ id: 'found', name: i18n.t('Found'), emojis: toned(found, tone) }];
  }
  const used = recent.flatMap((char) => {
    const emoji = emojiOfChar(char) ?? own.find((one) => one.char === char);
    return emoji === undefined ? [] : [{ emoji, char }];
  });
  const groups = GROUPS.map(({ id, name }) => {
    const of_group = emojis.filter((emoji) => emoji.group === id);
    return { id: String(id), name: i18n.t(name), emojis: toned(of_group, tone) };
  });
  const mine = own.length === 0 ? [] : [{ id: 'own', name: i18n.t('From this server'), emojis: toned(own, tone) }];
  const first = used.length === 0 ? [] : [{ id: 'recent', name: i18n.t('Used lately'), emojis: used }];
  return [...first, ...mine, ...groups];
}

function toned(some: readonly Emoji[], tone: Tone): { emoji: Emoji; char: string }[] {
  return some.map((emoji) => ({ emoji, char: inTone(emoji, tone) }));
}

/** The number of each section's first, counted through. */
export function startsOf(sections: readonly Pick<Section, 'emojis'>[]): number[] {
  let next = 0;
  return sections.map(({ emojis: { length } }) => {
    next += length;
    return next - length;
  });
}

/** Where a key leads from an emoji; undefined: nowhere. Up and down keep the column from one section to the next, whose
 *  last rows may be short. */
export function goalOf(
  key: string,
  from: number | undefined,
  starts: readonly number[],
  count: number,
): number | undefined {
  if (from === undefined) return key === 'ArrowDown' && count > 0 ? 0 : undefined;
  const { next, previous } = arrows();
  if (key === previous) return Math.max(0, from - 1);
  if (key === next) return Math.min(count - 1, from + 1);
  const here = starts.findLastIndex((start) => start <= from);
  const start = starts[here] ?? 0;
  const end = (starts[here + 1] ?? count) - 1;
  const column = (from - start) % COLUMNS;
  if (key === 'ArrowDown') {
    if (from + COLUMNS <= end) return from + COLUMNS;
    const in_last_row = from - column + COLUMNS > end;
    return in_last_row ? Math.min(count - 1, end + 1 + column) : end;
  }
  if (key !== 'ArrowUp') return undefined;
  if (from - COLUMNS >= start) return from - COLUMNS;
  const before = starts[here - 1];
  if (before === undefined) return from;
  const last_row = start - 1 - ((start - 1 - before) % COLUMNS);
  return Math.min(start - 1, last_row + column);
}
