import { i18n, type MessageDescriptor } from '@lingui/core';

/** The packs that come with the client: a drawing is a file of ours, named by its pack and itself. */
const FILES = import.meta.glob<string>('./packs/*/*.svg', { query: '?no-inline', import: 'default', eager: true });

export interface Sticker {
  pack: string;
  name: string;
  url: string;
  /** Of one of this server's. */
  file?: string;
  moves?: boolean;
  /** What one of ours says. */
  words?: MessageDescriptor;
}

export interface StickerPack {
  id: string;
  /** Words of ours, or what people called it. */
  title: MessageDescriptor | string;
  stickers: readonly Sticker[];
}

/** In the order in which they are offered, and what they say. */
const ORDER: readonly { id: string; title: MessageDescriptor | string; names: Record<string, MessageDescriptor> }[] = [
  {
    id: 'mo',
    title: 'Mo',
    names: {
      wave: /*i18n*/ { id: 'Wave', comment: 'A sticker: somebody waves a hand' },
      laugh: /*i18n*/ { id: 'Laugh', comment: 'A sticker: somebody laughs' },
      love: /*i18n*/ { id: 'Love' },
      thanks: /*i18n*/ { id: 'Thanks' },
      party: /*i18n*/ { id: 'Party' },
      coffee: /*i18n*/ { id: 'Coffee' },
      think: /*i18n*/ { id: 'Think', comment: 'A sticker: somebody thinks' },
      sleep: /*i18n*/ { id: 'Sleep', comment: 'A sticker: somebody sleeps' },
      sad: /*i18n*/ { id: 'Sad' },
      angry: /*i18n*/ { id: 'Angry' },
    },
  },
  {
    id: 'garden',
    title: /*i18n*/ { id: 'Garden', comment: 'The name of a pack of stickers with plants' },
    names: {
      hello: /*i18n*/ { id: 'Hello' },
      'good-morning': /*i18n*/ { id: 'Good morning' },
      'good-night': /*i18n*/ { id: 'Good night' },
      'tea-time': /*i18n*/ { id: 'Tea time' },
      sprout: /*i18n*/ { id: 'Sprout', comment: 'A sticker: a plant that begins to grow' },
      'well-done': /*i18n*/ { id: 'Well done' },
      hug: /*i18n*/ { id: 'Hug', comment: 'A sticker: an embrace' },
      busy: /*i18n*/ { id: 'Busy' },
      'on-my-way': /*i18n*/ { id: 'On my way' },
      sigh: /*i18n*/ { id: 'Sigh', comment: 'A sticker: somebody sighs' },
    },
  },
];

export const PACKS: readonly StickerPack[] = ORDER.map(({ id, title, names }) => ({
  id,
  title,
  stickers: Object.entries(names).flatMap(([name, words]) => {
    const url = FILES[`./packs/${id}/${name}.svg`];
    return url === undefined ? [] : [{ pack: id, name, url, words }];
  }),
}));

/** Undefined: there is none of that name here, and its text is shown. */
export function stickerOf(pack: unknown, name: unknown): Sticker | undefined {
  return PACKS.find((one) => one.id === pack)?.stickers.find((one) => one.name === name);
}

/** What a sticker is called where it is not seen. */
export function nameOf({ name, words }: Sticker): string {
  return words === undefined ? spoken(name) : i18n.t(words);
}

/** "good-morning" → "Good morning" */
export function spoken(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
