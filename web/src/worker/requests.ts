/** What the worker does with a request of a page. */
export type Answer =
  /** The address of a screen: the page itself, from the cache. */
  | 'page'
  /** A file whose name says its content: from the cache, or fetched and kept. */
  | 'asset'
  /** One of the other files of the client: from the cache. */
  | 'file'
  /** None of its business; above all what belongs to a person. */
  | 'network';

/** Paths that the server answers itself. What is below them is never kept here. */
const SERVER = /^\/(?:api|ws|media|metrics|healthz|readyz)(?:\/|$)/;

export function answerTo(request: { method: string; mode: string; url: string }, origin: string): Answer {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== origin || SERVER.test(url.pathname)) return 'network';
  if (url.pathname.startsWith('/assets/')) return 'asset';
  const name = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  if (request.mode === 'navigate') return name.includes('.') && name !== 'index.html' ? 'network' : 'page';
  return 'file';
}

/** A file of the client and, where its name does not say it, what it holds: the SHA-256 of its bytes in hexadecimal. */
export interface ShellFile {
  path: string;
  sha256?: string;
}

const CACHE = 'parley-shell-';

export function cacheName(version: string): string {
  return CACHE + version;
}

/** Which caches go when `version` takes over. The one before stays: pages that were opened with it go on with its files
 *  until they are loaded again. `names`: all of this origin, in the order they were made. */
export function outdated(names: readonly string[], version: string): string[] {
  const others = names.filter((name) => name.startsWith(CACHE) && name !== cacheName(version));
  return others.slice(0, -1);
}
