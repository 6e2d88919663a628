import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';
import type { ShellFile } from '../src/worker/requests.ts';

/** What few people need, and is large: kept by the worker when it has been needed once. */
const RARE = /node_modules\/(?:katex|highlight\.js|lowlight|emojibase-data)\/|src\/locales\//;

/** What of a bundle's output is looked at. */
export interface Built {
  type: 'chunk' | 'asset';
  fileName: string;
  moduleIds?: readonly string[];
  imports?: readonly string[];
  dynamicImports?: readonly string[];
  viteMetadata?: { importedCss: ReadonlySet<string> };
}

/** Makes `sw.js` of src/worker/sw.ts: it is told which files the client consists of. */
export function shell(): Plugin {
  let root = '';
  let publicDir = '';
  return {
    name: 'parley-shell',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      root = config.root;
      publicDir = config.publicDir;
    },
    async generateBundle(_options, bundle) {
      const html = bundle['index.html'];
      if (html?.type !== 'asset') throw new Error('There is no index.html to put into the shell.');
      const named = shellFiles(Object.values(bundle) as Built[], String(html.source)).map((path) => ({ path }));
      const files: ShellFile[] = [
        { path: '/index.html', sha256: sha256(html.source) },
        ...readdirSync(publicDir)
          .sort()
          .map((name) => ({ path: `/${name}`, sha256: sha256(written(bundle[name], join(publicDir, name))) })),
        ...named,
      ];
      const version = sha256(JSON.stringify(files)).slice(0, 16);
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: await worker(root, { version, files }) });
    },
  };
}

/** The addresses of the scripts and style sheets of all screens, beginning with those that the page names: what is an entry
 *  to the bundler need not be a file. What only the rare ones need is left out. Exported for its test. */
export function shellFiles(bundle: readonly Built[], html: string): string[] {
  const chunks = new Map(bundle.filter((one) => one.type === 'chunk').map((one) => [one.fileName, one]));
  const taken = new Set<string>();
  const take = (name: string): void => {
    const chunk = chunks.get(name);
    if (chunk === undefined || taken.has(name) || isRare(chunk)) return;
    taken.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) taken.add(style);
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) take(next);
  };
  for (const [, name = ''] of html.matchAll(/<script\b[^>]*\bsrc="\/(assets\/[^"]+)"/g)) {
    if (!chunks.has(name)) throw new Error(`index.html names ${name}, which is not built.`);
    take(name);
  }
  if (taken.size === 0) throw new Error('index.html names no script: there would be nothing without a network.');
  return [...taken].sort().map((name) => `/${name}`);
}

/** What a file of public/ comes to: the build's own of that name stands in its place. */
function written(made: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined, path: string): string | Uint8Array {
  return made?.type === 'asset' ? made.source : readFileSync(path);
}

function isRare(chunk: Built): boolean {
  return chunk.moduleIds?.some((id) => RARE.test(id)) === true;
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function worker(root: string, told: { version: string; files: ShellFile[] }): Promise<string> {
  const made = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { SHELL: JSON.stringify(told) },
    build: {
      write: false,
      target: 'es2022',
      copyPublicDir: false,
      rolldownOptions: { input: join(root, 'src/worker/sw.ts'), output: { format: 'iife' } },
    },
  });
  const [first] = Array.isArray(made) ? made : [made];
  const chunk = first !== undefined && 'output' in first ? first.output[0] : undefined;
  if (chunk === undefined) throw new Error('The service worker was not built.');
  return chunk.code;
}
