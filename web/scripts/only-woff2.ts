import type { Plugin } from 'vite';

/** Leaves of each font face of a style sheet the WOFF2 file only: every browser that runs this client reads it, and the
 *  older formats would treble what is shipped. */
export function onlyWoff2(): Plugin {
  return {
    name: 'parley-only-woff2',
    enforce: 'pre',
    transform(code, id) {
      if (!/katex[^/]*\.css$/.test(id)) return undefined;
      return { code: trimFaces(code), map: null };
    },
  };
}

/** Exported for its test. */
export function trimFaces(css: string): string {
  return css.replace(/src:([^;}]*)/g, (all, sources: string) => {
    const kept = sources.split(/,(?![^(]*\))/).filter((source) => source.includes('woff2'));
    return kept.length === 0 ? all : `src:${kept.join(',')}`;
  });
}
