// Measures what `./parley bench timeline` promises, in Chromium.
//   node timeline.mjs URL FILE ROOM MESSAGES FRAMES   prints a table; exit code 1 when a promise was not kept
import { glide, prepends } from '../../tests/e2e/glide.mjs';
import { heapOf, login, withBrowser } from './browser.mjs';
import { peopleOf } from './people.mjs';

const LATE_MS = 250;
const STEP_PX = 40;
const DRIFT_PX = 1;
/** So many pages are put above a view that stands in the middle of what is loaded, and at its very top. */
const PREPENDS = [
  { where: 'older pages above the middle', times: 20, at: 600 },
  { where: 'older pages at the very top', times: 10, at: 0 },
];
/** Of web/src/client/room_log.ts. */
const MOST_ROWS = 500;
const MOST_HEAP_MB = 100;
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

/** Pictures come late. */
const lateMedia = (page) =>
  page.route('**/media/files/**', async (route) => {
    await new Promise((late) => setTimeout(late, LATE_MS));
    await route.fulfill({ contentType: 'image/png', body: PIXEL }).catch(() => {});
  });

const row = (page, seq) => page.locator(`article[data-msg-seq="${seq}"]`);

async function measure(url, file, room, messages, frames) {
  const seen = [];
  const put = [];
  await withBrowser(async (browser) => {
    const page = await login(browser, url, peopleOf(file).reader, lateMedia);
    const middle = Math.floor(messages / 2);
    for (const [where, path, seq] of [
      ['from the end', `/r/${room}`, messages],
      [`from message ${middle}`, `/r/${room}/m/${middle}`, middle],
    ]) {
      const began = performance.now();
      await page.goto(path);
      await row(page, seq).waitFor();
      const opened = performance.now() - began;
      seen.push({ where, opened, ...(await page.evaluate(glide, { frames, step: STEP_PX })), heap: await heapOf(page) });
    }
    for (const { where, ...how } of PREPENDS) put.push({ where, times: how.times, ...(await page.evaluate(prepends, how)) });
  });
  console.log('| read back | opened, ms | older pages | jumps | worst, px | drift, px | frame p95, ms | longest, ms | rows in the page | heap, MB | promise |');
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  let kept = true;
  for (const { where, opened, pages, jumps, worst, drift, p95, longest, rows, heap } of seen) {
    const good = jumps === 0 && drift < DRIFT_PX && rows <= MOST_ROWS && heap <= MOST_HEAP_MB;
    kept &&= good;
    const figures = [opened.toFixed(0), pages, jumps, worst.toFixed(2), drift.toFixed(2), p95.toFixed(1), longest.toFixed(1), rows, heap.toFixed(1)];
    console.log(`| ${where} | ${figures.join(' | ')} | ${good ? 'kept' : 'not kept'} |`);
  }
  console.log('\n| put | times | oldest rows that lost their head | jumps | worst, px | drift, px | rows in the page | promise |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const { where, times, heads, jumps, worst, drift, rows } of put) {
    const good = jumps === 0 && worst < DRIFT_PX && drift < DRIFT_PX && rows <= MOST_ROWS;
    kept &&= good;
    console.log(`| ${[where, times, heads, jumps, worst.toFixed(2), drift.toFixed(2), rows, good ? 'kept' : 'not kept'].join(' | ')} |`);
  }
  console.log(`\n${kept ? 'Kept' : 'Not kept'}: no frame of ${frames} jumps, rows drift by less than ${DRIFT_PX} px, at most ${MOST_ROWS} rows and ${MOST_HEAP_MB} MB.`);
  return kept ? 0 : 1;
}

const [url, file, room, messages, frames] = process.argv.slice(2);
process.exitCode = await measure(url, file, room, Number(messages), Number(frames));
