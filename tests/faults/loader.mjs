// Lets Node run the suite and the client's engine as they are written: `node --import ./tests/faults/loader.mjs …`.
// Node strips the types itself (24 and newer). What a bundler adds is done here: '@/' is web/src, imports need no file name
// ending, and the packages of web/ serve the suite, too.

import { existsSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const source = new URL('../../web/src/', import.meta.url);
const suite = new URL('./', import.meta.url);
const packages = new URL('main.tsx', source).href;
const endings = ['.ts', '.tsx', '/index.ts'];

/** The URL of the module that an import without an ending means, or undefined. */
function complete(url) {
  const path = fileURLToPath(url);
  if (existsSync(path) && statSync(path).isFile()) return url;
  const ending = endings.find((one) => existsSync(path + one));
  return ending === undefined ? undefined : pathToFileURL(path + ending);
}

registerHooks({
  resolve(specifier, context, next) {
    const parent = context.parentURL ?? '';
    if (specifier.startsWith('@/')) {
      const found = complete(new URL(specifier.slice(2), source));
      if (found !== undefined) return next(found.href, context);
    }
    if (specifier.startsWith('.') && parent.startsWith('file:') && !parent.includes('/node_modules/')) {
      const found = complete(new URL(specifier, parent));
      if (found !== undefined) return next(found.href, context);
    }
    const bare = !/^[./]|^\w+:/.test(specifier);
    if (bare && parent.startsWith(suite.href)) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
        return next(specifier, { ...context, parentURL: packages });
      }
    }
    return next(specifier, context);
  },
});
