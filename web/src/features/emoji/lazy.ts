import { Lazy } from '@/lib/lazy';

/** The table of all emoji and what searches it: fetched when something needs it first. */
export const emojiData = new Lazy(async () => {
  const [data, search, own] = await Promise.all([import('./data'), import('./search'), import('./useOwnEmoji')]);
  return { ...data, ...search, ...own };
});
