// A real browser for the benches, and what they say of times.
import { createRequire } from 'node:module';
import { PASSWORD, WAIT_MS } from './people.mjs';

export const VIEWPORT = { width: 1280, height: 800 };
/** What the browser's own bars take of a window, and some more. */
const BARS = 160;

/** Does the work with a browser, and ends that. */
export async function withBrowser(work) {
  const require = createRequire(new URL('../../tests/e2e/package.json', import.meta.url));
  const { chromium } = require('@playwright/test');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

export async function newContext(browser, url, options = {}) {
  const context = await browser.newContext({ baseURL: url, viewport: VIEWPORT, ...options });
  context.setDefaultTimeout(WAIT_MS);
  return context;
}

/** A page that is in sight as a whole. A new window is only as high as the page, bars included: what is painted at the page's
 *  lower end would be outside of it, and the browser tells of no paint before something is painted inside. */
export async function newPage(context) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const { windowId } = await session.send('Browser.getWindowForTarget');
  await session.send('Browser.setWindowBounds', { windowId, bounds: { width: VIEWPORT.width, height: VIEWPORT.height + BARS } });
  await page.waitForFunction((least) => outerHeight >= least, VIEWPORT.height + BARS);
  await session.detach();
  return page;
}

/** Somebody who has come in by the door; the rooms are there. `prepare` gets the page before it is loaded. */
export async function login(browser, url, username, prepare = async () => {}) {
  const page = await newPage(await newContext(browser, url));
  await prepare(page);
  await page.goto('/login');
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('a.room-row').first().waitFor();
  return page;
}

/** What is in use of JavaScript's memory, in MB, when all that nobody needs is gone. */
export async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

const sorted = (times) => [...times].sort((a, b) => a - b);
export const quantile = (times, q) => sorted(times)[Math.min(times.length - 1, Math.floor(times.length * q))];
export const median = (times) => quantile(times, 0.5);

export async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
