// The service worker: the client's own files, so that it starts without a network. It never keeps anything of a person:
// that is in IndexedDB, see docs/offline.md.
import { answerTo, cacheName, outdated, type ShellFile } from './requests';

declare const self: ServiceWorkerGlobalScope;
/** Put in by scripts/shell.ts. */
declare const SHELL: { version: string; files: ShellFile[] };

const { version, files } = SHELL;
const NAME = cacheName(version);
const PAGE = '/index.html';
/** A file that has not come by then fails the installation; the browser tries again later. */
const FILE_WITHIN_MS = 60_000;
/** So many at a time: what the page itself asks for meanwhile must get through. */
const AT_ONCE = 3;

/** Chromium's way to say which requests need no worker: they then do not wait for one to start. */
interface RoutingEvent extends ExtendableEvent {
  addRoutes?: (rules: { condition: { urlPattern: string }; source: 'network' }[]) => Promise<void>;
}

self.addEventListener('install', (event) => {
  const { addRoutes } = event as RoutingEvent;
  if (addRoutes !== undefined) {
    const rules = ['/api/*', '/media/*'].map((path) => ({
      condition: { urlPattern: path },
      source: 'network' as const,
    }));
    event.waitUntil(addRoutes.call(event, rules).catch(() => {}));
  }
  event.waitUntil(install());
});

self.addEventListener('activate', (event) => event.waitUntil(clean()));

self.addEventListener('message', (event) => {
  // The person has asked for the new version.
  if (event.data === 'take over') void self.skipWaiting();
  const { keep } = event.data as { keep?: string[] };
  if (keep !== undefined) event.waitUntil(keepAll(keep));
});

self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request, self.location.origin);
  if (answer === 'page') event.respondWith(fromCache(new Request(PAGE)));
  else if (answer === 'asset') event.respondWith(kept(event));
  else if (answer === 'file') event.respondWith(fromCache(event.request));
});

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  const left = [...files];
  const work = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) await take(cache, file);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function take(cache: Cache, { path, sha256 }: ShellFile): Promise<void> {
  const named = sha256 === undefined;
  if (named && (await cache.match(path)) !== undefined) return;
  const response = await fetch(path, {
    cache: named ? 'default' : 'no-cache',
    signal: AbortSignal.timeout(FILE_WITHIN_MS),
  });
  if (!response.ok) throw new Error(`${path} is answered ${response.status}.`);
  // While servers of two versions answer side by side, this may be the other one's: better none than a mixture.
  if (!named && (await digest(response.clone())) !== sha256) throw new Error(`${path} is of another version.`);
  await cache.put(path, response);
}

async function digest(response: Response): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function clean(): Promise<void> {
  await Promise.all(outdated(await caches.keys(), version).map((name) => caches.delete(name)));
}

/** Where the cache has lost it, the server is asked. */
async function fromCache(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
}

/** What a page loaded before there was a worker. */
async function keepAll(urls: readonly string[]): Promise<void> {
  const cache = await caches.open(NAME);
  for (const url of new Set(urls)) {
    if (answerTo({ method: 'GET', mode: 'cors', url }, self.location.origin) !== 'asset') continue;
    if ((await cache.match(url, { ignoreVary: true })) === undefined) await cache.add(url).catch(() => {});
  }
}

/** Of any version: a page that is still open may be of the one before. */
async function kept(event: FetchEvent): Promise<Response> {
  const known = await caches.match(event.request, { ignoreVary: true });
  if (known !== undefined) return known;
  const response = await fetch(event.request);
  if (response.status === 200) {
    const copy = response.clone();
    // Without room for it nothing is lost: it is fetched again.
    event.waitUntil(caches.open(NAME).then((cache) => cache.put(event.request, copy).catch(() => {})));
  }
  return response;
}
