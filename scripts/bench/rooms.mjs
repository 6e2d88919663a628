// Measures what `./parley bench rooms` promises, over HTTP and in Chromium.
//   node rooms.mjs URL FILE ROUNDS   prints tables; exit code 1 when a promise was not kept
import { login, quantile, timed, withBrowser } from './browser.mjs';
import { call, enter, peopleOf, say } from './people.mjs';

/** How much dearer the large one may be, and a difference that nobody feels. */
const RATIO = 1.5;
const UNFELT_MS = 8;
/** A frame that takes longer is seen as a jerk. */
const FRAME_MS = 50;

const ms = (times) => `${quantile(times, 0.5).toFixed(1)} | ${quantile(times, 0.95).toFixed(1)}`;
const isClose = (small, large) => large <= small * RATIO || large - small <= UNFELT_MS;

/** A line of the table: what, of the small and of the large one, median and p95; and whether the promise was kept. */
function compare(what, small, large) {
  const kept = isClose(quantile(small, 0.5), quantile(large, 0.5));
  console.log(`| ${what} | ${ms(small)} | ${ms(large)} | ${kept ? 'kept' : 'not kept'} |`);
  return kept;
}

async function overHttp(url, token, ids, rounds) {
  const questions = [
    ['the newest 50 messages', () => 'limit=50'],
    ['50 in the middle', (room) => `limit=50&before=${Math.floor(room.head / 2) + 26}`],
    ['the oldest 50', () => 'limit=50&after=0'],
  ];
  console.log('## Over HTTP\n\n| asked | 100 messages, median ms | p95 | many messages, median ms | p95 | promise |\n|---|---|---|---|---|---|');
  let kept = true;
  for (const [what, query] of questions) {
    const times = { small: [], large: [] };
    for (let round = 0; round < rounds; round++)
      for (const name of ['small', 'large'])
        times[name].push(await timed(() => call(url, `/rooms/${ids[name].id}/messages?${query(ids[name])}`, { token })));
    kept = compare(what, times.small, times.large) && kept;
  }
  return kept;
}

/** In the page: from the room's address, as a click on its link sets it, until its newest message is painted. */
function openInPage({ id, text }) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    history.pushState(null, '', `/r/${id}`);
    const look = () => {
      const rows = document.querySelectorAll('.msg-text');
      if (rows.length > 0 && rows[rows.length - 1].textContent.includes(text)) return resolve(performance.now() - began);
      if (performance.now() - began > 20_000) return reject(new Error('the room did not open'));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** In the page: the sidebar scrolled from top to bottom; how long each frame took. */
function scrollInPage() {
  return new Promise((resolve) => {
    const box = document.querySelector('.side-list');
    const step = Math.max(20, (box.scrollHeight - box.clientHeight) / 120);
    const frames = [];
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      box.scrollTop += step;
      if (frames.length < 120) requestAnimationFrame(next);
      else resolve(frames.slice(1));
    };
    requestAnimationFrame(next);
  });
}

async function inBrowser(pages, ids, rounds) {
  console.log('\n## In Chromium\n\n| seen | small, median ms | p95 | large, median ms | p95 | promise |\n|---|---|---|---|---|---|');
  const opened = { small: [], large: [] };
  const listed = { few: [], many: [] };
  const switched = { few: [], many: [] };
  const frames = { few: [], many: [] };
  for (let round = 0; round < rounds; round++)
    for (const who of ['few', 'many']) {
      const page = pages[who];
      await page.goto('about:blank');
      listed[who].push(
        await timed(async () => {
          await page.goto('/people');
          await page.locator('a.room-row').first().waitFor();
        }),
      );
      // Whose turn it is to go first changes, and each time the page is a new one: nothing is in memory.
      const order = round % 2 === 0 ? ['small', 'large'] : ['large', 'small'];
      for (const name of order) {
        const room = ids[name];
        const took = await page.evaluate(openInPage, { id: room.id, text: `Message ${room.head} of ${name}` });
        if (who === 'few') opened[name].push(took);
        switched[who].push(took);
      }
      if (round < 5) frames[who].push(...(await page.evaluate(scrollInPage)));
    }
  let kept = compare('a room of 100 and one of many messages, from its address to paint', opened.small, opened.large);
  kept = compare('a room, from its address to paint, in a list of few and of many rooms', switched.few, switched.many) && kept;
  const list = `the app, from its address to the list of rooms`;
  console.log(`| ${list}, few and many | ${ms(listed.few)} | ${ms(listed.many)} | |`);
  const smooth = quantile(frames.many, 0.95) <= FRAME_MS;
  console.log(`| a frame while the list is scrolled, few and many | ${ms(frames.few)} | ${ms(frames.many)} | ${smooth ? 'kept' : 'not kept'} |`);
  return kept && smooth;
}

/** How long the page's thread is held up by a message in one of the rooms: 100 of them, in as many frames. */
async function withEvents(url, token, pages, room) {
  const held = { few: [], many: [] };
  for (let i = 0; i < 100; i++) {
    const seen = Object.entries(pages).map(async ([who, page]) => {
      held[who].push(await page.evaluate(waitForMessage, `Live ${i}.`));
    });
    await say(url, token, room, `Live ${i}.`);
    await Promise.all(seen);
  }
  return compare('the longest task while a message comes in, few and many rooms', held.few, held.many);
}

/** In the page: the longest pause between two looks until the message is there. */
function waitForMessage(text) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const channel = new MessageChannel();
    let last = began;
    let longest = 0;
    channel.port1.onmessage = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      const rows = document.querySelectorAll('.msg-text');
      if (rows.length > 0 && rows[rows.length - 1].textContent.includes(text)) return resolve(longest);
      if (now - began > 20_000) return reject(new Error('the message did not come'));
      channel.port2.postMessage(null);
    };
    channel.port2.postMessage(null);
  });
}

async function measure(url, file, rounds) {
  const people = peopleOf(file);
  const { access_token: token } = await enter(url, 'login', people.few);
  const { rooms } = await call(url, '/rooms', { token });
  const ids = Object.fromEntries(rooms.filter((room) => /^(small|large)$/.test(room.name)).map((room) => [room.name, room]));
  let kept = await overHttp(url, token, ids, rounds);
  await withBrowser(async (browser) => {
    const pages = { few: await login(browser, url, people.few), many: await login(browser, url, people.many) };
    kept = (await inBrowser(pages, ids, rounds)) && kept;
    for (const page of Object.values(pages)) {
      await page.goto(`/r/${ids.small.id}`);
      await page.locator('.msg-text').first().waitFor();
    }
    kept = (await withEvents(url, token, pages, ids.small.id)) && kept;
  });
  console.log(`\n${kept ? 'Kept' : 'Not kept'}: size costs at most ${RATIO} times as much, or ${UNFELT_MS} ms; a frame takes at most ${FRAME_MS} ms (p95).`);
  return kept ? 0 : 1;
}

const [url, file, rounds] = process.argv.slice(2);
process.exitCode = await measure(url, file, Number(rounds));
