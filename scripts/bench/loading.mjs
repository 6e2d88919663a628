// A visit on a thin line and a slow machine: when the room is there to be read, and when the page is at rest.
import { median, newContext, newPage } from './browser.mjs';
import { PASSWORD, WAIT_MS } from './people.mjs';

const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 1_600_000 / 8 };
const SLOWER = 4;
/** What is at rest so long after the navigation began stays so. */
const WATCH_MS = 8_000;
const COLD = { painted: 2_000, at_rest: 3_000 };
const WARM = { painted: 800 };

/** In the page, before anything of it runs: what is painted largest, when the room's newest message is painted, each task that
 *  holds up the page, and what came over the line. */
function watchInPage(text) {
  const told = { largest: 0, readable: undefined, tasks: [] };
  globalThis.told = told;
  const each = (type, note) =>
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) note(entry);
    }).observe({ type, buffered: true });
  each('largest-contentful-paint', (entry) => {
    told.largest = entry.startTime;
  });
  each('longtask', ({ startTime, duration }) => told.tasks.push({ from: startTime, to: startTime + duration }));
  performance.setResourceTimingBufferSize(1_000);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    told.readable = performance.now();
  };
  const look = () => {
    const rows = document.querySelectorAll('.msg-text');
    if (rows.length > 0 && rows[rows.length - 1].textContent.includes(text)) channel.port2.postMessage(null);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** In the page, when it is at rest. */
function tellInPage() {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const until = (ms) => entries.filter((one) => one.responseEnd <= ms).reduce((sum, one) => sum + one.transferSize, 0) / 1000;
  const { largest, readable, tasks } = globalThis.told;
  const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
  const at_rest = Math.max(0, ...tasks.map(({ to }) => to));
  return { first, largest, readable, at_rest, tasks: tasks.length, needed: until(readable), all: until(performance.now()) };
}

/** One visit; `path` is opened in a new tab of the context. */
async function visit(context, path, text) {
  const page = await newPage(context);
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', LINE);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await page.addInitScript(watchInPage, text);
  await page.goto(path, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.told?.readable !== undefined, undefined, { polling: 500, timeout: WAIT_MS });
  await page.evaluate((until) => new Promise((done) => setTimeout(done, until - performance.now())), WATCH_MS);
  const told = await page.evaluate(tellInPage);
  await page.close();
  return told;
}

/** A login that the door did not see: the cookie, and the note of whose it is, which is all a device has when its caches are
 *  empty. */
async function comeIn(context, url, username) {
  const answer = await context.request.post(`${url}/api/v1/auth/login`, { headers: { origin: url }, data: { username, password: PASSWORD } });
  if (!answer.ok()) throw new Error(`login: ${answer.status()} ${await answer.text()}`);
  const { session, user } = await answer.json();
  await context.addInitScript((note) => {
    if (localStorage.getItem('parley.login') === null) localStorage.setItem('parley.login', note);
  }, JSON.stringify({ user, session }));
}

/** In the page: the worker is there with all its files, and what was seen is written down. */
async function isKept(room) {
  if ((await navigator.serviceWorker.getRegistration())?.active == null) return false;
  const open = indexedDB.open('parley.cache');
  const db = await new Promise((done, fail) => Object.assign(open, { onsuccess: () => done(open.result), onerror: fail }));
  try {
    const stores = db.transaction(['lists', 'logs']);
    const asked = [stores.objectStore('lists').count(), stores.objectStore('logs').count(room)];
    await new Promise((done) => Object.assign(stores, { oncomplete: done }));
    return asked[0].result === 32 && asked[1].result === 1;
  } finally {
    db.close();
  }
}

async function cold(browser, url, username, room, rounds) {
  const visits = [];
  for (let round = 0; round < rounds; round++) {
    const context = await newContext(browser, url);
    await comeIn(context, url, username);
    visits.push(await visit(context, `/r/${room.id}`, room.text));
    await context.close();
  }
  return visits;
}

async function warm(browser, url, username, room, rounds) {
  const context = await newContext(browser, url);
  await comeIn(context, url, username);
  const page = await newPage(context);
  await page.goto(`/r/${room.id}`);
  await page.waitForFunction(isKept, room.id, { polling: 500, timeout: WAIT_MS });
  await page.close();
  const visits = [];
  for (let round = 0; round < rounds; round++) visits.push(await visit(context, `/r/${room.id}`, room.text));
  await context.close();
  return visits;
}

function tell(what, visits, promise) {
  const of = (name) => median(visits.map((one) => one[name]));
  const painted = Math.max(of('largest'), of('readable'));
  const kept = painted <= promise.painted && of('at_rest') <= (promise.at_rest ?? Number.POSITIVE_INFINITY);
  const times = ['first', 'largest', 'readable', 'at_rest'].map((name) => of(name).toFixed(0));
  const all = visits.map((one) => Math.max(one.largest, one.readable).toFixed(0)).join(', ');
  console.log(`| ${what} | ${times.join(' | ')} | ${of('tasks')} | ${of('needed').toFixed(0)} | ${of('all').toFixed(0)} | ${all} | ${kept ? 'kept' : 'not kept'} |`);
  return kept;
}

/** Prints a table; true when it is as promised. */
export async function loading(browser, url, username, room, rounds) {
  const heads = ['visit', 'first paint', 'largest paint', 'room readable', 'last long task', 'long tasks', 'KB until readable', 'KB in all', 'each visit', 'promise'];
  console.log(`## A visit\n\nAt 1.6 Mbps, 150 ms, a processor ${SLOWER} times slower; medians, in ms since the navigation.\n`);
  console.log(`| ${heads.join(' | ')} |\n|${'---|'.repeat(heads.length)}`);
  let kept = tell('cold: nothing on the device but the login', await cold(browser, url, username, room, rounds), COLD);
  kept = tell('warm: with what an earlier visit left', await warm(browser, url, username, room, rounds), WARM) && kept;
  console.log(`\nCold, the room is painted within ${COLD.painted} ms and the last task of more than 50 ms ends within ${COLD.at_rest}; warm, the room is painted within ${WARM.painted}.`);
  console.log(`Painted: the later one of the largest paint and of the room's newest message. Watched for ${WATCH_MS / 1000} s. The browser slows down the page, its requests and its socket, not what the service worker fetches for later visits; KB are those of the page's requests.`);
  return kept;
}
