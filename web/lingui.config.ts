import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'tr', 'de', 'es', 'fr', 'ar', 'ja'],
  catalogs: [
    { path: 'src/locales/{locale}', include: ['src'], exclude: ['**/*.test.*', 'src/testing/**', '**/*.live.test.ts'] },
  ],
  // Where a text stands is found by looking for it; lists of lines would change with every commit.
  format: formatter({ origins: false, explicitIdAsDefault: true }),
  orderBy: 'messageId',
});
