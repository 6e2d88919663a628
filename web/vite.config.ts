import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { compress } from './scripts/compress.ts';

const gateway = process.env.PARLEY_GATEWAY ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react(), compress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssMinify: 'lightningcss',
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      // The gateway compares Origin with Host, so both are rewritten to its own.
      '/api': { target: gateway, changeOrigin: true, headers: { origin: gateway } },
      '/ws': { target: gateway, changeOrigin: true, ws: true, headers: { origin: gateway } },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
});
