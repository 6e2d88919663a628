// Typing in a busy room: how long it takes from a key to what is painted, while messages come in.
import { newPage, quantile, VIEWPORT } from './browser.mjs';

const KEYS = 200;
const A_SECOND = 20;
/** Two frames: what takes longer is felt. */
const FELT_MS = 33;
const MOST_NODES = 1_500;
/** What the browser measures is rounded to this, and less than twice of it is not told. */
const GRAIN_MS = 8;

/** In the page: from now on, how long each key took until the next paint, and each task that held up the page. */
function watchInPage() {
  const told = { keys: new Map(), tasks: [] };
  globalThis.told = told;
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name } of list.getEntries())
      if (interactionId > 0 && /^key|^input|^beforeinput/.test(name)) told.keys.set(interactionId, Math.max(duration, told.keys.get(interactionId) ?? 0));
  }).observe({ type: 'event', durationThreshold: 16, buffered: false });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) told.tasks.push(duration);
  }).observe({ type: 'longtask' });
}

/** In the page: the timeline scrolled up to the room's first message. How many of its messages the page held at most. */
async function readBackInPage() {
  const box = document.querySelector('.timeline');
  let most = 0;
  let [seen, still] = [0, 0];
  while (box.querySelector('[data-msg-seq="1"]') === null) {
    const first = Number(box.querySelector('[data-msg-seq]')?.dataset.msgSeq);
    still = first === seen ? still + 1 : 0;
    if (still > 800) throw new Error(`older history than ${first} does not come`);
    seen = first;
    most = Math.max(most, box.querySelectorAll('article').length);
    box.scrollTop = 0;
    await new Promise((next) => setTimeout(next, 25));
  }
  return most;
}

/** Types while `say` writes into the open room, so many times a second. */
async function typeAmong(page, say) {
  let going = true;
  let said = 0;
  const others = (async () => {
    const began = performance.now();
    while (going) {
      await say(said++);
      const ahead = began + (said * 1000) / A_SECOND - performance.now();
      if (ahead > 0) await new Promise((next) => setTimeout(next, ahead));
    }
  })();
  await page.evaluate(watchInPage);
  for (let n = 0; n < KEYS; n++) {
    await page.keyboard.press('abcdefghij'[n % 10]);
    await new Promise((next) => setTimeout(next, 40));
  }
  going = false;
  await others;
  return said;
}

/** What was seen in the page: how long each key took, and each task that held it up. */
async function seenIn(page) {
  const { keys, tasks } = await page.evaluate(() => ({ keys: [...globalThis.told.keys.values()], tasks: globalThis.told.tasks }));
  // A key that the browser does not tell of took no two grains.
  return { keys: [...keys, ...Array(Math.max(0, KEYS - keys.length)).fill(2 * GRAIN_MS)], tasks };
}

/** The same keys in a page that is nothing but a field: what this browser on this machine takes in any case. */
async function typingInNothing(browser, say) {
  const page = await newPage(await browser.newContext({ viewport: VIEWPORT }));
  await page.setContent('<!doctype html><textarea rows="3"></textarea>');
  await page.locator('textarea').focus();
  await typeAmong(page, say);
  const { keys } = await seenIn(page);
  await page.context().close();
  return keys;
}

const row = (what, keys) => `| ${what} | ${[0.5, 0.95, 0.99, 1].map((q) => quantile(keys, q)).join(' | ')} |`;

/** In the room of so many messages, which is open at its end. `say` writes another. True when it is as promised. */
export async function typing(browser, page, messages, say) {
  const bare = await typingInNothing(browser, say);
  const read_back = await page.evaluate(readBackInPage);
  await page.locator('.pill:not(.pill-top)').click();
  await page.locator('main .composer textarea').focus();
  const said = await typeAmong(page, say);
  const { keys, tasks } = await seenIn(page);
  const nodes = Math.max(read_back, await page.locator('.timeline article').count());
  const kept = quantile(keys, 0.99) < FELT_MS && nodes < MOST_NODES;
  const longest = tasks.length === 0 ? '' : `, the longest ${Math.round(Math.max(...tasks))} ms`;
  console.log(`\n## While one types\n\n${messages} messages read back through, ${said} more while ${KEYS} keys were pressed.\n`);
  console.log(`| from a key to what is painted, to ${GRAIN_MS} ms | median | p95 | p99 | most |\n|---|---|---|---|---|`);
  console.log(`${row('in the room', keys)}\n${row('in a page of nothing but a field, while as much is written', bare)}\n`);
  console.log(`- at most ${nodes} messages in the page; tasks of more than 50 ms meanwhile: ${tasks.length}${longest}`);
  console.log(`\n${kept ? 'Kept' : 'Not kept'}: 99 % of the keys are painted within ${FELT_MS} ms, and the page holds fewer than ${MOST_NODES} messages.`);
  return kept;
}
