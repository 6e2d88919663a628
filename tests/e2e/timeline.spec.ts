import { randomUUID } from 'node:crypto';
import { glide, prepends } from './glide.mjs';
import { composer, fresh, row, say, side } from './people.js';
import { plant, plantPreview, type Planted } from './plant.js';
import { enter, forAll, type Guest, roomOf, write } from './seed.js';
import { allow, type Browser, expect, type Locator, type Page, test } from './watched.js';

let ana: Guest;
let cem: Guest;

test.beforeEach(async ({ browser }) => {
  ana = await enter(browser, 'ana');
  cem = await enter(browser, 'cem');
});

test.afterEach(async () => {
  for (const one of [ana, cem]) await one.context.close();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const timeline = (page: Page): Locator => page.locator('.timeline');
const message = (page: Page, seq: number): Locator => page.locator(`article[data-msg-seq="${seq}"]`);
const pill = (page: Page): Locator => page.locator('.pill:not(.pill-top)');
const seqs = (page: Page): Promise<number[]> =>
  page.locator('[data-msg-seq]').evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-msg-seq'))));
const topOf = (one: Locator): Promise<number> => one.evaluate((row) => row.getBoundingClientRect().top);
const scrollTop = (page: Page): Promise<number> => timeline(page).evaluate((box) => box.scrollTop);
const toEnd = (page: Page): Promise<number> => timeline(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
const scrollBy = (page: Page, px: number): Promise<void> => timeline(page).evaluate((box, by) => void (box.scrollTop += by), px);

/** When what has changed by now was painted; to be handed to `page.evaluate`. */
const painted = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
const picture = (name: string): object => ({
  files: [{ id: randomUUID().replaceAll('-', ''), name, size: 90_000, type: 'image/png', kind: 'image', width: 800, height: 500, previews: ['small', 'large'] }],
});

/** So many messages of different heights, one a minute up to now; each seventeenth with a picture if wanted. */
function talk(author: Guest, count: number, pictures = false): Planted[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, nth) => ({
    sender: author.id,
    body: `line ${nth + 1}${' and some more words'.repeat((nth * 7) % 23)}`,
    ts: now - (count - nth) * MINUTE,
    ...(pictures && nth % 17 === 0 ? { data: picture(`picture ${nth + 1}.png`) } : {}),
  }));
}

/** The same by several in turn, seven messages each, over days; each eleventh answers an earlier one. */
function manyVoices(authors: readonly Guest[], count: number): Planted[] {
  const now = Date.now();
  return talk(authors[0]!, count, true).map((one, nth) => ({
    ...one,
    sender: authors[Math.floor(nth / 7) % authors.length]!.id,
    ts: now - (count - nth) * 4 * MINUTE,
    ...(nth % 11 === 5 && nth > 100 ? { data: { ...one.data, quote: nth - 80 } } : {}),
  }));
}

/** Answers requests like these only when it is opened. */
async function gate(page: Page, like: string, then?: { contentType: string; body: Buffer }): Promise<{ open: () => void; waiting: () => number }> {
  let open = (): void => {};
  let waiting = 0;
  const opened = new Promise<void>((done) => {
    open = done;
  });
  await page.route(like, async (route) => {
    waiting++;
    await opened;
    await (then === undefined ? route.continue() : route.fulfill(then)).catch(() => {});
  });
  return { open, waiting: () => waiting };
}

test('detail 1: what is read stays in place while older history and late pictures come, in a room of fifty thousand', async ({ browser }) => {
  const { page } = ana;
  const eli = await enter(browser, 'eli');
  const room = await roomOf(ana, [cem, eli]);
  const authors = [cem, eli, ana];
  const { first, last } = plant(room.id, manyVoices(authors, 50_000));
  const author = (seq: number): Guest => authors[Math.floor((seq - first) / 7) % authors.length]!;
  await eli.context.close();
  await page.route('**/media/files/**', async (route) => {
    await new Promise((late) => setTimeout(late, 250));
    await route.fulfill({ contentType: 'image/png', body: PIXEL }).catch(() => {});
  });
  await page.goto(`/r/${room.id}`);
  await expect(message(page, last)).toBeInViewport();

  await test.step('by the wheel, a row moves as far as the wheel goes', async () => {
    const marked = message(page, last - 12);
    await marked.evaluate((one) => one.scrollIntoView({ block: 'center' }));
    const [oldest] = await seqs(page);
    const before = await topOf(marked);
    await timeline(page).hover();
    let wheeled = 0;
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, -300);
        wheeled += 300;
        return (await seqs(page))[0]! < oldest!;
      })
      .toBe(true);
    await expect.poll(async () => Math.abs((await topOf(marked)) - before - wheeled)).toBeLessThanOrEqual(2);
  });

  await test.step('a line "New", an edit and a reaction above move nothing', async () => {
    const held = await seqs(page);
    const seen = await page.evaluate(() => [...document.querySelectorAll('[data-msg-seq]')].find((one) => one.getBoundingClientRect().top > 200)?.getAttribute('data-msg-seq'));
    const marked = message(page, Number(seen));
    const changed = held.findLast((seq) => seq < Number(seen) - 12 && author(seq) === cem)!;
    const before = await topOf(marked);
    const high = await message(page, changed).evaluate((one) => (one as HTMLElement).offsetHeight);
    await ana.call('POST', `/rooms/${room.id}/unread`, { seq: changed });
    await expect(page.getByRole('separator', { name: 'New messages' })).toBeAttached();
    await cem.call('PATCH', `/rooms/${room.id}/messages/${changed}`, { body: 'changed\n'.repeat(9) });
    await cem.call('POST', `/rooms/${room.id}/messages/${changed}/reactions`, { emoji: '🎉', on: true });
    await expect(message(page, changed).locator('.reaction').first()).toBeAttached();
    await expect(message(page, changed)).not.toBeInViewport();
    expect(await message(page, changed).evaluate((one) => (one as HTMLElement).offsetHeight)).toBeGreaterThan(high + 50);
    await page.evaluate(painted);
    expect(Math.abs((await topOf(marked)) - before)).toBeLessThanOrEqual(1);
  });

  await test.step('at the very top, where the oldest row loses its head to those that come', async () => {
    const seen = await page.evaluate(prepends, { times: 3, at: 0 });
    expect(seen.heads).toBeGreaterThan(0);
    expect(seen.worst).toBeLessThan(1);
    expect(seen.rows).toBeLessThanOrEqual(500);
  });

  await test.step('in 400 frames through history that was never seen, none jumps', async () => {
    const seen = await page.evaluate(glide, { frames: 400, step: 40 });
    expect(seen.jumps).toBe(0);
    // A view stands on whole pixels, rows do not.
    expect(seen.drift).toBeLessThan(1);
    expect(seen.pages).toBeGreaterThanOrEqual(2);
    expect(seen.rows).toBeLessThanOrEqual(500);
  });
});

test('detail 2: nothing moves when pictures and previews of links come late', async () => {
  const { page } = ana;
  const room = await roomOf(ana, [cem]);
  const files = [
    ...(picture('one.png') as { files: object[] }).files,
    ...(picture('two.png') as { files: object[] }).files,
    ...[
      { name: 'clip.mp4', type: 'video/mp4', kind: 'video', width: 1280, height: 720, previews: ['large'] },
      { name: 'song.ogg', type: 'audio/ogg', kind: 'audio', duration_ms: 9_000, previews: [] },
      { name: 'Voice message 2026-01-02 10.00.00.webm', type: 'audio/webm', kind: 'audio', duration_ms: 2_000, previews: [] },
      { name: 'plan.zip', type: 'application/zip', kind: 'file', previews: [] },
    ].map((file) => ({ id: randomUUID().replaceAll('-', ''), size: 9_000, ...file })),
  ];
  const many = talk(cem, 60, true).map((one, nth) => (nth === 50 ? { ...one, body: '', data: { files } } : one));
  const { first, last } = plant(room.id, many);
  for (let seq = last; seq > last - 4; seq--)
    plantPreview(room.id, seq, { url: 'https://example.org/', title: 'A page', description: 'What it is about', image: (picture('card.png') as { files: object[] }).files[0]! });
  const late = await gate(page, '**/media/files/**', { contentType: 'image/png', body: PIXEL });
  const code = await gate(page, '**/assets/LinkCard*');
  const grid = await gate(page, '**/assets/MessageFiles*');
  await page.goto(`/r/${room.id}`);
  await expect(message(page, last)).toBeInViewport();
  await expect.poll(grid.waiting).toBeGreaterThan(0);
  await page.evaluate(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node | null }[] })[])
        if (entry.sources.some(({ node }) => document.querySelector('.timeline')?.contains(node))) shifts.push(entry.value);
    }).observe({ type: 'layout-shift' });
  });
  const frames = page.locator('.timeline .file-grid img');
  const heights = (): Promise<number[]> => page.locator('article[data-msg-seq]').evaluateAll((all) => all.map((one) => (one as HTMLElement).offsetHeight));
  const before = await heights();
  grid.open();
  await expect.poll(() => frames.count()).toBeGreaterThan(0);
  await expect.poll(late.waiting).toBeGreaterThan(0);
  code.open();
  await expect(page.locator('.link-card')).toHaveCount(4);
  late.open();
  await expect
    .poll(() => frames.evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).loading !== 'lazy' || one.getBoundingClientRect().top > 0).every((one) => (one as HTMLImageElement).complete)))
    .toBe(true);
  expect(await heights()).toEqual(before);
  // What was seen is told after a frame was painted.
  await page.evaluate(painted);
  expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([]);
  expect(await toEnd(page)).toBeLessThanOrEqual(2);
  expect(first).toBeGreaterThan(1);
});

test('detail 3: the end is followed by who is there, others are told how many came', async () => {
  const { page } = ana;
  const room = await roomOf(ana, [cem]);
  plant(room.id, talk(cem, 80));
  await page.goto(`/r/${room.id}`);
  await expect(row(page, 'line 80 and some more words')).toHaveCount(0);
  await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(2);
  await write(cem, room.id, 'followed');
  await expect(row(page, 'followed')).toBeInViewport();
  expect(await toEnd(page)).toBeLessThanOrEqual(2);

  await scrollBy(page, -400);
  await expect(pill(page)).toBeVisible();
  const before = await scrollTop(page);
  for (const text of ['one', 'two', 'three']) await write(cem, room.id, text);
  await expect(pill(page)).toHaveText('3 new');
  await expect(row(page, 'three')).toHaveCount(1);
  expect(await scrollTop(page)).toBe(before);
  await pill(page).click();
  await expect(pill(page)).toHaveCount(0);
  expect(await toEnd(page)).toBeLessThanOrEqual(2);

  await scrollBy(page, -400);
  await expect(pill(page)).toBeVisible();
  await say(page, 'my own');
  await expect(row(page, 'my own')).toBeInViewport();
  await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(2);
  await expect(pill(page)).toHaveCount(0);

  const high = await composer(page).evaluate((one) => one.clientHeight);
  await composer(page).fill('a\nb\nc\nd\ne\nf');
  expect(await composer(page).evaluate((one) => one.clientHeight)).toBeGreaterThan(high + 40);
  await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(2);
});

test('detail 4: messages that follow each other have one head, and each still says who and when', async () => {
  const { page } = ana;
  const room = await roomOf(ana, [cem]);
  const from = Date.now() - 2 * HOUR;
  const at = (minutes: number, sender: Guest, body: string, data?: object): Planted => ({ sender: sender.id, body, ts: from + minutes * MINUTE, ...(data === undefined ? {} : { data }) });
  const { first } = plant(room.id, [
    at(0, cem, 'first'),
    at(2, cem, 'second'),
    at(4, cem, 'third'),
    at(10.1, cem, 'six minutes later'),
    at(11, ana, 'another author'),
    at(11.5, cem, 'the first again'),
    at(12, cem, 'an answer', { quote: 1 }),
  ]);
  plant(room.id, [at(12.5, cem, 'quotes', { quote: first })]);
  await page.goto(`/r/${room.id}`);
  const heads = (): Promise<string[]> => page.locator('article.msg-head .msg-text').allInnerTexts();
  await expect.poll(heads).toEqual(['first', 'six minutes later', 'another author', 'the first again', 'an answer', 'quotes']);
  expect(await page.locator('article[data-msg-seq] .msg-gutter .avatar').count()).toBe(6);
  // What has no head of its own says the same to who does not see.
  const time = await page.evaluate((ts) => new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(ts), from + 2 * MINUTE);
  const said = new RegExp(`^${cem.username}, ${time.replace(/\s/gu, '\\s')}`);
  await expect(page.getByRole('article', { name: said })).toContainText('second');
  // What was deleted keeps its place and its head: those that follow are never without one.
  await cem.call('DELETE', `/rooms/${room.id}/messages/${first}`);
  await expect(message(page, first)).toContainText('This message was deleted.');
  await expect(message(page, first)).toHaveClass(/msg-head/);
  await expect(message(page, first + 1)).toHaveClass(/msg-more/);
});

test('detail 5: days are those of the reader, and their names stick', async ({ browser }) => {
  const room = await roomOf(ana, [cem]);
  // Every second hour of nine days, with the night in which the clocks change in Los Angeles; far enough back to have no other name.
  const begin = Date.UTC(2026, 9, 27, 0, 30);
  const times = Array.from({ length: 108 }, (_, nth) => begin + nth * 2 * HOUR);
  plant(room.id, times.map((ts) => ({ sender: cem.id, body: `at ${ts}`, ts })));
  for (const timezoneId of ['Pacific/Auckland', 'America/Los_Angeles']) {
    await test.step(timezoneId, async () => {
      const page = await elsewhere(browser, ana, { timezoneId });
      await page.goto(`/r/${room.id}`);
      const name = new Intl.DateTimeFormat('en-US', { weekday: 'long', day: 'numeric', month: 'long', timeZone: timezoneId });
      const wanted = [...new Set(times.map((ts) => name.format(ts)))];
      const days = (): Promise<string[]> => page.locator('.day button').allInnerTexts();
      await expect(page.locator('article[data-msg-seq]').first()).toBeAttached();
      await expect
        .poll(async () => {
          await timeline(page).evaluate((box) => void (box.scrollTop = 0));
          return (await days()).filter((one) => wanted.includes(one));
        })
        .toEqual(wanted);
      // In the middle of a day its name stands at the top.
      const noon = page.locator('article').filter({ hasText: `at ${times[54]!}` });
      await noon.evaluate((one) => one.scrollIntoView({ block: 'start' }));
      const [view, sign] = await Promise.all([timeline(page), noon.locator('xpath=..').locator('.day')].map((one) => one.boundingBox()));
      expect(sign!.y - view!.y).toBeGreaterThanOrEqual(0);
      expect(sign!.y - view!.y).toBeLessThan(40);
      await page.context().close();
    });
  }
  await test.step('midnight comes while the page is open', async () => {
    const page = await elsewhere(browser, ana, { timezoneId: 'UTC' });
    const midnight = Math.ceil(Date.now() / (24 * HOUR)) * 24 * HOUR;
    const evening = await roomOf(ana);
    plant(evening.id, [{ sender: ana.id, body: 'good evening', ts: midnight - HOUR }]);
    await page.clock.install({ time: midnight - MINUTE });
    await page.goto(`/r/${evening.id}`);
    const day = page.locator('section').filter({ hasText: 'good evening' }).locator('.day button');
    await expect(day).toHaveText('Today');
    await page.clock.fastForward(2 * MINUTE);
    await expect(day).toHaveText('Yesterday');
    await page.context().close();
  });
});

/** Another browser of the same person. */
async function elsewhere(browser: Browser, who: Guest, options: { timezoneId?: string } = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const answer = await context.request.post('/api/v1/auth/login', { data: { username: who.username, password: 'correct horse battery' } });
  expect(answer.status()).toBe(200);
  await context.addInitScript(() => localStorage.setItem('parley.login', '1'));
  return page;
}

test('details 11 and 12: the line "New" stays where it was put; to the first unread and to the latest', async ({ browser }) => {
  const { page } = ana;
  const name = fresh('big');
  const room = await roomOf(ana, [cem], name);
  const other = await roomOf(ana, [], fresh('other'));
  const { last } = plant(room.id, talk(cem, 900), { [ana.id]: 500 });
  const link = (at: Page): Locator => side(at).getByRole('link', { name: new RegExp(`\\b${name}\\b`) });
  const line = page.getByRole('separator', { name: 'New messages' });
  const badge = link(page).locator('.badge-count');

  await test.step('detail 12: the first of 500 unread ones is reached without loading all', async () => {
    await page.goto(`/r/${room.id}`);
    const begins = async (): Promise<void> => {
      await expect(message(page, last - 499)).toBeInViewport();
      await expect(line).toBeInViewport();
      expect(await line.evaluate((one) => one.nextElementSibling?.getAttribute('data-msg-seq'))).toBe(String(last - 499));
      expect((await seqs(page)).length).toBeLessThanOrEqual(200);
    };
    await begins();
    // What is in view is read, and no more.
    await expect(pill(page)).toHaveText(/^4\d\d new$/);
    await pill(page).click();
    await expect(message(page, last)).toBeInViewport();
    await expect(badge).toHaveCount(0);
    await expect(line).toHaveCount(0);
    await page.getByRole('link', { name: 'Jump to the first unread' }).click();
    await begins();
    await pill(page).click();
    await expect(message(page, last)).toBeInViewport();
  });

  await test.step('detail 12: unread from here counts from there, over a reload and on the other device', async () => {
    const second = await elsewhere(browser, ana);
    await second.goto(`/r/${other.id}`);
    await expect(link(second)).toBeVisible();
    await message(page, last - 3).hover();
    await message(page, last - 3).getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Mark unread from here' }).click();
    for (const at of [page, second]) await expect(link(at).locator('.badge-count')).toHaveText(/^4/);
    await page.goto(`/r/${other.id}`);
    await expect(badge).toHaveText(/^4/);
    await page.reload();
    await expect(badge).toHaveText(/^4/);
    await second.context().close();
  });

  await test.step('detail 11: the line stands above the first that is new, whatever comes behind it', async () => {
    await link(page).click();
    await expect(message(page, last)).toBeInViewport();
    await expect(badge).toHaveCount(0);
    await side(page).getByRole('link', { name: new RegExp(other.name) }).click();
    await expect(page.getByRole('heading', { level: 1, name: other.name })).toBeVisible();
    await forAll(Array.from({ length: 10 }, (_, nth) => `new ${nth + 1}`), (text) => write(cem, room.id, text), 1);
    await expect(badge).toHaveText(/^10/);
    await link(page).click();
    await expect(line).toBeInViewport();
    const above = (): Promise<(string | null)[]> => line.evaluate((one) => [one.previousElementSibling, one.nextElementSibling].map((beside) => beside?.getAttribute('data-msg-seq') ?? null));
    await expect.poll(above).toEqual([String(last), String(last + 1)]);
    for (const text of ['new 11', 'new 12']) await write(cem, room.id, text);
    await expect(row(page, 'new 12')).toBeAttached();
    expect(await above()).toEqual([String(last), String(last + 1)]);
    await side(page).getByRole('link', { name: new RegExp(other.name) }).click();
    await expect(page.getByRole('heading', { level: 1, name: other.name })).toBeVisible();
    await link(page).click();
    await expect(row(page, 'new 12')).toBeInViewport();
    await expect(line).toHaveCount(0);
  });

  await test.step('detail 11: what is read on another device is not unread here', async () => {
    await side(page).getByRole('link', { name: new RegExp(other.name) }).click();
    await expect(page.getByRole('heading', { level: 1, name: other.name })).toBeVisible();
    await write(cem, room.id, 'read elsewhere');
    await expect(badge).toHaveText(/^1/);
    const second = await elsewhere(browser, ana);
    await second.goto(`/r/${room.id}`);
    await expect(row(second, 'read elsewhere')).toBeInViewport();
    await expect(badge).toHaveCount(0);
    await second.context().close();
  });
});

test('detail 13: only what was seen is read', async () => {
  const { page } = ana;
  const room = await roomOf(ana, [cem]);
  const { last } = plant(room.id, talk(cem, 60));
  const unread = async (): Promise<number> => {
    const { rooms } = await ana.call<{ rooms: { id: string; n: number; read_n: number }[] }>('GET', '/rooms');
    const { n, read_n } = rooms.find((one) => one.id === room.id)!;
    return n - read_n;
  };
  const look = (away: boolean): Promise<void> =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
      document.hasFocus = () => !hidden;
      document.dispatchEvent(new Event('visibilitychange'));
      dispatchEvent(new Event(hidden ? 'blur' : 'focus'));
    }, away);
  const badge = side(page).getByRole('link', { name: new RegExp(room.name) }).locator('.badge-count');
  await page.goto(`/r/${room.id}`);
  await expect(message(page, last)).toBeInViewport();
  await look(true);
  for (const text of ['while away', 'still away']) await write(cem, room.id, text);
  await expect(row(page, 'still away')).toBeInViewport();
  await expect(badge).toHaveText(/^2/);
  await expect(page).toHaveTitle(/^\(2\) /);
  // Back at the page, but not where they are.
  await scrollBy(page, -1200);
  await expect(row(page, 'while away')).not.toBeInViewport();
  await look(false);
  await write(cem, room.id, 'and one more');
  await expect(badge).toHaveText(/^3/);
  expect(await unread()).toBe(3);
  await pill(page).click();
  await expect(badge).toHaveCount(0);
  await expect(page).not.toHaveTitle(/^\(/);
  await expect.poll(unread).toBe(0);
});

test('detail 14: a permalink shows what stands around a far message, and the way back leads where one was', async () => {
  const { page } = ana;
  const room = await roomOf(ana, [cem]);
  const { first, last } = plant(room.id, talk(cem, 5200));
  const far = first + 200;
  await page.goto(`/r/${room.id}/m/${far}`);
  await expect(message(page, far)).toBeInViewport();
  await expect(message(page, far)).toHaveClass(/msg-target/);
  const held = await seqs(page);
  expect(held).toEqual(Array.from({ length: held.length }, (_, nth) => held[0]! + nth));
  expect(far - held[0]!).toBeGreaterThanOrEqual(20);
  expect(held.at(-1)! - far).toBeGreaterThanOrEqual(20);
  await timeline(page).evaluate((box) => void (box.scrollTop = 0));
  await expect.poll(async () => (await seqs(page))[0]).toBeLessThan(held[0]!);
  await timeline(page).evaluate((box) => void (box.scrollTop = box.scrollHeight));
  await expect.poll(async () => (await seqs(page)).at(-1)).toBeGreaterThan(held.at(-1)!);

  await cem.call('POST', `/rooms/${room.id}/messages`, { cmid: randomUUID(), body: 'as I said', quote: far });
  await page.goto(`/r/${room.id}`);
  await expect(message(page, last)).toBeInViewport();
  await scrollBy(page, -500);
  await expect(pill(page)).toBeVisible();
  const place = message(page, last - 8);
  const before = await topOf(place);
  await row(page, 'as I said').getByRole('button', { name: /line 201/ }).evaluate((one) => (one as HTMLElement).click());
  await expect(message(page, far)).toBeInViewport();
  await page.goBack();
  await expect(place).toBeAttached();
  await expect.poll(async () => Math.abs((await topOf(place)) - before)).toBeLessThanOrEqual(2);

  // Who may not see it is told the same as of what is not there.
  allow(/^answer: 404 GET \/api\/v1\/rooms\/\d+$/);
  const closed = await roomOf(cem);
  const said = async (path: string): Promise<string> => {
    await page.goto(path);
    await expect(page.getByRole('main')).not.toHaveText('');
    await expect(composer(page)).toHaveCount(0);
    return page.getByRole('main').innerText();
  };
  expect(await said(`/r/${closed.id}/m/1`)).toBe(await said('/r/999999999/m/1'));
});
