import { expect, test } from 'vitest';
import { type Built, shellFiles } from './shell.ts';

const PAGE = '<script src="/theme.js"></script><script type="module" crossorigin src="/assets/index-1.js"></script>';

const chunk = (fileName: string, part: Partial<Built> = {}): Built => ({ type: 'chunk', fileName, ...part });

test('all that screens need is in the shell, but for what few people need', () => {
  const bundle = [
    chunk('assets/index-1.js', {
      imports: ['assets/shared-1.js'],
      dynamicImports: ['assets/Settings-1.js', 'assets/typesetting-1.js'],
      viteMetadata: { importedCss: new Set(['assets/index-1.css']) },
    }),
    chunk('assets/shared-1.js', { moduleIds: ['/web/node_modules/react/index.js'], imports: ['assets/index-1.js'] }),
    chunk('assets/Settings-1.js', { viteMetadata: { importedCss: new Set(['assets/Settings-1.css']) } }),
    chunk('assets/typesetting-1.js', {
      moduleIds: ['/web/node_modules/katex/katex.mjs'],
      imports: ['assets/only-1.js'],
    }),
    chunk('assets/only-1.js'),
    chunk('assets/nobodys-1.js'),
    { type: 'asset', fileName: 'assets/KaTeX-1.woff2' } satisfies Built,
  ];
  expect(shellFiles(bundle, PAGE)).toEqual([
    '/assets/Settings-1.css',
    '/assets/Settings-1.js',
    '/assets/index-1.css',
    '/assets/index-1.js',
    '/assets/shared-1.js',
  ]);
});

test('a page that names no script of the build makes no worker that keeps nothing', () => {
  expect(() => shellFiles([chunk('assets/index-1.js')], '<script src="/theme.js"></script>')).toThrow('no script');
  expect(() => shellFiles([chunk('assets/index-2.js')], PAGE)).toThrow('not built');
});
