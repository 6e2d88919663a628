import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minify, type Plugin } from 'vite';

/** The scripts of public/, which run before the client is there: written for people, and given to pages without what only
 *  people read. Each takes the place of the file that is copied. */
export function pageScripts(): Plugin {
  let publicDir = '';
  return {
    name: 'parley-page-scripts',
    apply: 'build',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    async generateBundle() {
      for (const fileName of readdirSync(publicDir).filter((name) => name.endsWith('.js'))) {
        const { code, errors } = await minify(fileName, readFileSync(join(publicDir, fileName), 'utf8'));
        if (errors.length > 0) throw new Error(`${fileName}: ${errors[0]?.message}`);
        this.emitFile({ type: 'asset', fileName, source: code });
      }
    },
  };
}
