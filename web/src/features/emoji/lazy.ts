import { Lazy } from '@/lib/lazy';

/** The table of all emoji and what searches it, in the reader's language: fetched when something needs it first. */
export const emojiData = new Lazy(async () => {
  const [data, search, own, local] = await Promise.all([
    import('./data'),
    import('./search'),
    import('./useOwnEmoji'),
    import('./local'),
  ]);
  await local.followLanguage();
  return { ...data, ...search, ...own, labelOf: local.labelOf };
});
