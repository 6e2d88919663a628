// From one room to another that was open before: how long it takes to be seen, and what stays in memory.
import { heapOf, median, quantile } from './browser.mjs';

const SWITCHES = 20;
const SEEN_MS = 50;
const MANY_SWITCHES = 100;
const GROWTH = 0.2;

/** In the page: from the next click until the frame in which the message is painted. */
function seenInPage(text) {
  return new Promise((resolve, reject) => {
    const channel = new MessageChannel();
    let began = 0;
    channel.port1.onmessage = () => resolve(performance.now() - began);
    const look = () => {
      const rows = document.querySelectorAll('.msg-text');
      if (rows.length > 0 && rows[rows.length - 1].textContent.includes(text)) return channel.port2.postMessage(null);
      if (performance.now() - began > 20_000) return reject(new Error(`"${text}" is not seen`));
      requestAnimationFrame(look);
    };
    const click = ({ timeStamp }) => {
      began = timeStamp;
      requestAnimationFrame(look);
    };
    addEventListener('click', click, { capture: true, once: true });
  });
}

async function go(page, room) {
  const seen = page.evaluate(seenInPage, room.text);
  await page.locator(`a.room-row[href="/r/${room.id}"]`).click();
  return await seen;
}

/** `rooms`: with links in sight, each with the text of its newest message. */
export async function switching(page, rooms) {
  const next = (n) => rooms[n % rooms.length];
  for (let n = 0; n < 2 * rooms.length; n++) await go(page, next(n));
  const times = [];
  for (let n = 0; n < SWITCHES; n++) times.push(await go(page, next(n)));
  const before = await heapOf(page);
  for (let n = 0; n < MANY_SWITCHES; n++) await go(page, next(n));
  const after = await heapOf(page);
  const growth = after / before - 1;
  const kept = quantile(times, 0.95) <= SEEN_MS && growth < GROWTH;
  console.log('\n## From room to room\n\nUnthrottled, to rooms that were open before.\n');
  console.log('| from a click to the paint, median ms | p95 | most | heap before, MB | after 100 switches more | promise |\n|---|---|---|---|---|---|');
  const figures = [median(times), quantile(times, 0.95), quantile(times, 1), before, after].map((one) => one.toFixed(1));
  console.log(`| ${figures.join(' | ')} | ${kept ? 'kept' : 'not kept'} |`);
  console.log(`\nOf ${SWITCHES} switches 95 % are seen within ${SEEN_MS} ms; after ${MANY_SWITCHES} the heap, when what nobody needs is gone, has grown by less than ${GROWTH * 100} % (${(growth * 100).toFixed(1)} %).`);
  return kept;
}
