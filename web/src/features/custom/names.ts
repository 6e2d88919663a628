import { i18n } from '@lingui/core';

const MOST = 32;

/** What a file may be called as an emoji: "Party Cat.gif" → "party_cat". Empty: nothing of it can stand. */
export function emojiName(file: string): string {
  return stem(file)
    .replace(/[^a-z0-9_+-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MOST);
}

/** And as a sticker: "Good morning!.png" → "good-morning". */
export function stickerName(file: string): string {
  return stem(file)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MOST)
    .replace(/-+$/, '');
}

/** The name itself, or with a number the first that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) {
    const next = `${name.slice(0, MOST - 1 - String(n).length)}-${n}`;
    if (!taken.has(next)) return next;
  }
}

/** Why a name for an emoji does not do, for people; undefined: it does. */
export function emojiNameWrong(name: string, taken: ReadonlySet<string>, standard: boolean): string | undefined {
  if (!/^[a-z0-9_+-]{2,32}$/.test(name)) return i18n.t('A name has 2 to 32 small letters, digits, _, + or -.');
  if (standard) return i18n.t(':{name}: is an emoji that everybody has. Choose another name.', { name });
  if (taken.has(name)) return i18n.t('There is :{name}: already.', { name });
  return undefined;
}

function stem(file: string): string {
  return file
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\.[a-z0-9]{1,5}$/, '');
}
