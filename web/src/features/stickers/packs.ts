/** The packs that come with the client: a drawing is a file of ours, named by its pack and itself. */
const FILES = import.meta.glob<string>('./packs/*/*.svg', { query: '?no-inline', import: 'default', eager: true });

export interface Sticker {
  pack: string;
  name: string;
  url: string;
  /** Of one of this server's. */
  file?: string;
  moves?: boolean;
}

export interface StickerPack {
  id: string;
  title: string;
  stickers: readonly Sticker[];
}

/** In the order in which they are offered. */
const ORDER: readonly { id: string; title: string; names: readonly string[] }[] = [
  {
    id: 'mo',
    title: 'Mo',
    names: ['wave', 'laugh', 'love', 'thanks', 'party', 'coffee', 'think', 'sleep', 'sad', 'angry'],
  },
  {
    id: 'garden',
    title: 'Garden',
    names: [
      'hello',
      'good-morning',
      'good-night',
      'tea-time',
      'sprout',
      'well-done',
      'hug',
      'busy',
      'on-my-way',
      'sigh',
    ],
  },
];

export const PACKS: readonly StickerPack[] = ORDER.map(({ id, title, names }) => ({
  id,
  title,
  stickers: names.flatMap((name) => {
    const url = FILES[`./packs/${id}/${name}.svg`];
    return url === undefined ? [] : [{ pack: id, name, url }];
  }),
}));

/** Undefined: there is none of that name here, and its text is shown. */
export function stickerOf(pack: unknown, name: unknown): Sticker | undefined {
  return PACKS.find((one) => one.id === pack)?.stickers.find((one) => one.name === name);
}

/** "good-morning" → "Good morning" */
export function spoken(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
