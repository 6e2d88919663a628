import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { compress } from './scripts/compress.ts';
import { emojiTable } from './scripts/emoji-table.ts';
import { onlyWoff2 } from './scripts/only-woff2.ts';
import { trimBootstrap } from './scripts/trim-bootstrap.ts';

// Vitest's report of a failure needs it, and Node has it from 21 on.
Map.groupBy ??= <K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
};

const gateway = process.env.PARLEY_GATEWAY ?? 'http://localhost:8080';

/** Of what lies beside the rest, only what the first screen does without. */
const LATER =
  'client/(activity|polls)|components/(Field|Tabs|useKeepFocus)|lib/(lru|useLatestOnly)|state/(draft_sync|reminders|server)';
/** What the first screen and those fetched later share is one file: many small ones compress worse. */
const SHARED = new RegExp(
  'node_modules/(react|react-dom|scheduler|wouter|use-sync-external-store|regexparam|idb)/|preload-helper|' +
    `src/(?!(${LATER})\\.)(lib|state|components|client)/|features/people/(person|usePerson|Signs)\\.`,
);

const src = fileURLToPath(new URL('./src', import.meta.url));

export default defineConfig({
  plugins: [trimBootstrap(src), onlyWoff2(), emojiTable(), react(), compress()],
  resolve: { alias: { '@': src } },
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssMinify: 'lightningcss',
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: SHARED }] } } },
  },
  server: {
    proxy: {
      // The gateway compares Origin with Host, so both are rewritten to its own.
      '/api': { target: gateway, changeOrigin: true, headers: { origin: gateway } },
      '/ws': { target: gateway, changeOrigin: true, ws: true, headers: { origin: gateway } },
    },
  },
  test: { environment: 'node', include: ['{src,scripts}/**/*.test.{ts,tsx}'], restoreMocks: true },
});
