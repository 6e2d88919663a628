import { composer } from './people.js';
import { plant, plantRooms } from './plant.js';
import { enter, type Guest, roomOf, write } from './seed.js';
import { expect, type Page, test } from './watched.js';

// Seeding is most of it.
test.describe.configure({ timeout: 300_000 });

let ana: Guest;

test.afterEach(async () => {
  await ana.context.close();
});

/** As much as a person may be in, with the room that everybody is in. */
const ROOMS = 1_999;
const SWITCHES = 100;
const MESSAGES = 10_000;
/** That come while they are read; and so far down they are read again. */
const A_SECOND = 20;
const WAY_DOWN = 500;

const heap = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page);
  // What is held by what was held is let go by the second.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
};

test('details 31 and 32: of two thousand rooms the switcher finds the one that is meant, and a hundred visits leave nothing behind', async ({ browser }) => {
  ana = await enter(browser, 'ana');
  const named = new Map([[3, 'Crème brûlée'], [4, 'marketing launch'], [5, 'Ζάππειο']]);
  const ids = plantRooms(ana.id, Array.from({ length: ROOMS }, (_, n) => named.get(n) ?? `room ${n}`));
  const { page } = ana;
  await page.goto(`/r/${ids[7]}`);
  await expect(composer(page)).toBeFocused();
  const box = page.getByRole('combobox');
  const options = page.getByRole('option');
  const jump = async (words: string, name: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await box.fill(words);
    await expect(options.first()).toContainText(name);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: new RegExp(name) })).toBeVisible();
  };

  await test.step('detail 31: without accents, with a slip, by a part; the arrows; the last one first', async () => {
    await jump('creme brulee', 'Crème brûlée');
    await jump('marketnig', 'marketing launch');
    await jump('ζαππ', 'Ζάππειο');
    await page.keyboard.press('Control+k');
    // Where I was last stands at the top, without a letter.
    await expect(options.nth(1)).toContainText(/marketing launch|Ζάππειο/);
    expect(await options.count()).toBeLessThanOrEqual(31);
    await page.keyboard.press('ArrowDown');
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowUp');
    await expect(options.first()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Escape');
    await expect(box).toHaveCount(0);
  });

  await test.step('detail 32: the list and the heap stay as they were', async () => {
    expect(await page.locator('.side-list a').count()).toBeLessThan(400);
    const visit = async (n: number): Promise<void> => {
      const name = `room ${n}`;
      await page.evaluate((id) => history.pushState(null, '', `/r/${id}`), ids[n]);
      await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
      await expect(page.locator('.timeline-rows')).toBeVisible();
    };
    for (let n = 100; n < 120; n++) await visit(n);
    const before = await heap(page);
    for (let n = 200; n < 200 + SWITCHES; n++) await visit(n);
    expect((await heap(page)) / before).toBeLessThan(1.2);
  });
});

test('details 32 and 33: of ten thousand messages only a part is in the page, while twenty a second come', async ({ browser }) => {
  ana = await enter(browser, 'ana');
  const ben = await enter(browser, 'ben');
  const room = await roomOf(ana, [ben]);
  const { first } = plant(room.id, Array.from({ length: MESSAGES }, (_, n) => ({ sender: ben.id, body: `line ${n}`, ts: Date.now() - (MESSAGES - n) * 60_000 })));
  const { page } = ana;
  await page.goto(`/r/${room.id}`);
  await expect(page.locator('article[data-msg-seq]').first()).toBeVisible();
  let most = 0;
  const scrollTo = async (end: 'top' | 'bottom'): Promise<{ first: number; last: number }> => {
    const seen = await page.locator('.timeline').evaluate((box, to) => {
      const all = box.querySelectorAll<HTMLElement>('article[data-msg-seq]');
      const seq = (one: HTMLElement | undefined): number => Number(one?.dataset.msgSeq);
      const found = { count: all.length, first: seq(all[0]), last: seq(all[all.length - 1]) };
      box.scrollTop = to === 'top' ? 0 : box.scrollHeight;
      return found;
    }, end);
    most = Math.max(most, seen.count);
    return seen;
  };
  const sent: Promise<unknown>[] = [];
  const coming = setInterval(() => sent.push(write(ben, room.id, `news ${sent.length}`)), 1_000 / A_SECOND);
  try {
    await expect.poll(async () => (await scrollTo('top')).first, { timeout: 120_000, intervals: [10] }).toBe(first);
    await expect.poll(async () => (await scrollTo('bottom')).last, { timeout: 120_000, intervals: [10] }).toBeGreaterThan(first + WAY_DOWN);
  } finally {
    clearInterval(coming);
  }
  await Promise.all(sent);
  expect(sent.length).toBeGreaterThan(A_SECOND);
  const { head } = await ana.call<{ head: number }>('GET', `/rooms/${room.id}`);
  await page.locator('.pill').click();
  await expect(page.locator(`article[data-msg-seq="${head}"]`)).toBeVisible();
  await scrollTo('bottom');
  expect(most).toBeGreaterThan(100);
  expect(most).toBeLessThan(1_500);
  await ben.context.close();
});
