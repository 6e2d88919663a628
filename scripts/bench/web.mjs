// Measures what `./parley bench web` promises, in Chromium.
//   node web.mjs URL FILE ROUNDS   prints tables; exit code 1 when a promise was not kept
// PARLEY_BENCH_ONLY=loading,switching,typing takes some of them, for who works on one.
import { login, withBrowser } from './browser.mjs';
import { loading } from './loading.mjs';
import { call, enter, peopleOf, say } from './people.mjs';
import { switching } from './switching.mjs';
import { typing } from './typing.mjs';

/** Rooms at the upper end of the list; half of the switches go to the large one. */
const OTHERS = 9;

async function measure(url, file, rounds) {
  const people = peopleOf(file);
  const { access_token: token } = await enter(url, 'login', people.many);
  const { rooms } = await call(url, '/rooms', { token });
  const named = (name) => {
    const { id, head, last } = rooms.find((room) => room.name === name);
    return { id, head, text: last.body };
  };
  const large = named('large');
  const only = (process.env.PARLEY_BENCH_ONLY ?? 'loading,switching,typing').split(',');
  let kept = true;
  await withBrowser(async (browser) => {
    if (only.includes('loading')) kept = (await loading(browser, url, people.many, large, rounds)) && kept;
    const page = await login(browser, url, people.many);
    const others = Array.from({ length: OTHERS }, (_, n) => named(`room ${n + 1}`));
    if (only.includes('switching')) kept = (await switching(page, others.flatMap((room) => [room, large]))) && kept;
    if (!only.includes('typing')) return;
    await page.goto(`/r/${large.id}`);
    await page.locator(`[data-msg-seq="${large.head}"]`).waitFor();
    const other = await enter(url, 'login', people.few);
    kept = (await typing(browser, page, large.head, (n) => say(url, other.access_token, large.id, `Busy ${n}.`))) && kept;
  });
  console.log(`\n${kept ? 'Every promise is kept.' : 'Not every promise is kept.'}`);
  return kept ? 0 : 1;
}

const [url, file, rounds] = process.argv.slice(2);
process.exitCode = await measure(url, file, Number(rounds));
