import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { catalogs } from './scripts/catalogs.ts';
import { compress } from './scripts/compress.ts';
import { emojiTable } from './scripts/emoji-table.ts';
import { emojiWords } from './scripts/emoji-words.ts';
import { firstLoad } from './scripts/first-load.ts';
import { onlyWoff2 } from './scripts/only-woff2.ts';
import { pageScripts } from './scripts/page-scripts.ts';
import { shell } from './scripts/shell.ts';
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

const src = fileURLToPath(new URL('./src', import.meta.url));

export default defineConfig({
  plugins: [
    trimBootstrap(src),
    onlyWoff2(),
    emojiTable(),
    emojiWords(),
    catalogs(),
    react(),
    pageScripts(),
    shell(),
    compress(),
  ],
  resolve: {
    alias: {
      '@': src,
      // React has it itself.
      'use-sync-external-store/shim/index.js': 'react',
    },
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    // Every browser that runs this has it itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssMinify: 'lightningcss',
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: firstLoad, debugName: 'first' }] } } },
  },
  server: {
    proxy: {
      // The gateway compares Origin with Host, so both are rewritten to its own.
      '/api': { target: gateway, changeOrigin: true, headers: { origin: gateway } },
      '/ws': { target: gateway, changeOrigin: true, ws: true, headers: { origin: gateway } },
    },
  },
  test: {
    environment: 'node',
    include: ['{src,scripts}/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    setupFiles: ['src/testing/english.ts'],
  },
});
