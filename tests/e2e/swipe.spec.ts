import { composer, fresh, row, side } from './people.js';
import { enter, type Guest, roomOf, write } from './seed.js';
import { type CDPSession, expect, type Page, test } from './watched.js';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const WIDE_CODE = `\`\`\`\n${'a line that is wider than any phone '.repeat(6)}\n\`\`\``;

let ana: Guest;

test.afterEach(async () => {
  await ana.context.close();
});

async function open(options: object = {}): Promise<{ page: Page; finger: CDPSession }> {
  const room = await roomOf(ana, [], fresh('room'));
  await write(ana, room.id, WIDE_CODE);
  for (let n = 0; n < 40; n++) await write(ana, room.id, `line ${n}`);
  const { page } = ana;
  await page.emulateMedia(options);
  // What a finger does is watched once the page has settled.
  const watched = page.waitForResponse(/\/assets\/swipeBack-/);
  await page.goto(`/r/${room.id}`);
  await expect(composer(page)).toBeVisible();
  await watched;
  await expect(row(page, 'line 39')).toBeInViewport();
  return { page, finger: await page.context().newCDPSession(page) };
}

interface Way {
  from: readonly [number, number];
  to: readonly [number, number];
}

const touch = (finger: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0): Promise<unknown> =>
  finger.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });

/** A finger goes this way and stays down. */
async function draw(finger: CDPSession, { from, to }: Way): Promise<void> {
  const steps = 12;
  await touch(finger, 'touchStart', ...from);
  for (let step = 1; step <= steps; step++)
    await touch(finger, 'touchMove', from[0] + ((to[0] - from[0]) * step) / steps, from[1] + ((to[1] - from[1]) * step) / steps);
}

const left = (page: Page): Promise<number> => page.locator('.app > .main').evaluate((main) => Math.round(main.getBoundingClientRect().left));
const isHome = (page: Page) => expect.poll(() => new URL(page.url()).pathname).toBe('/');

test('on a phone a finger draws the room aside, and back to the list when it is let go far enough', async ({ browser }) => {
  ana = await enter(browser, 'ana', PHONE);
  const { page, finger } = await open();

  await test.step('a little: it follows, and comes back', async () => {
    await draw(finger, { from: [40, 500], to: [110, 505] });
    await expect.poll(() => left(page)).toBeGreaterThan(40);
    await expect(side(page)).toBeVisible();
    await draw(finger, { from: [110, 505], to: [60, 505] });
    await touch(finger, 'touchEnd');
    await expect.poll(() => left(page)).toBe(0);
    await expect(side(page)).toBeHidden();
  });

  await test.step('up and down scrolls, and the other way does nothing', async () => {
    const top = await page.locator('.timeline').evaluate((box) => box.scrollTop);
    await draw(finger, { from: [150, 300], to: [190, 600] });
    await touch(finger, 'touchEnd');
    await expect.poll(() => page.locator('.timeline').evaluate((box) => box.scrollTop)).toBeLessThan(top);
    await draw(finger, { from: [300, 500], to: [60, 500] });
    expect(await left(page)).toBe(0);
    await touch(finger, 'touchEnd');
    await expect(side(page)).toBeHidden();
  });

  await test.step('what scrolls sideways itself keeps the finger', async () => {
    const code = page.locator('article pre').first();
    await code.scrollIntoViewIfNeeded();
    await code.evaluate((one) => one.scrollTo({ left: 400 }));
    const box = (await code.boundingBox())!;
    const y = box.y + box.height / 2;
    await draw(finger, { from: [120, y], to: [320, y] });
    expect(await left(page)).toBe(0);
    await touch(finger, 'touchEnd');
    await expect(side(page)).toBeHidden();
  });

  // Away from the code, which keeps the finger.
  await page.locator('.timeline').evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
  await expect(row(page, 'line 39')).toBeInViewport();

  await test.step('words that are marked stay so', async () => {
    await page.evaluate(() => getSelection()?.selectAllChildren(document.querySelector('.top h1')!));
    await draw(finger, { from: [40, 500], to: [300, 500] });
    expect(await left(page)).toBe(0);
    await touch(finger, 'touchEnd');
    await page.evaluate(() => getSelection()?.removeAllRanges());
  });

  // While the browser is still at what a stroke before has begun, it does not give the next one to the page.
  await expect(async () => {
    await draw(finger, { from: [40, 500], to: [300, 510] });
    const follows = (await left(page)) > 200;
    if (!follows) await touch(finger, 'touchEnd');
    expect(follows).toBe(true);
  }).toPass();
  await touch(finger, 'touchEnd');
  await isHome(page);
  await expect(side(page)).toBeVisible();
  expect(await page.locator('.app').getAttribute('class')).toBe('app is-home');
});

test('where less motion is wanted the room stays under the finger, and goes when that is lifted', async ({ browser }) => {
  ana = await enter(browser, 'ana', PHONE);
  const { page, finger } = await open({ reducedMotion: 'reduce' });
  await draw(finger, { from: [40, 500], to: [300, 510] });
  expect(await left(page)).toBe(0);
  await touch(finger, 'touchEnd');
  await isHome(page);
});

test('from right to left the finger goes the other way', async ({ browser }) => {
  ana = await enter(browser, 'ana', { ...PHONE, locale: 'ar' });
  const room = await roomOf(ana, [], fresh('room'));
  const { page } = ana;
  const watched = page.waitForResponse(/\/assets\/swipeBack-/);
  await page.goto(`/r/${room.id}`);
  await expect(page.locator('.composer textarea')).toBeVisible();
  await watched;
  const finger = await page.context().newCDPSession(page);
  await draw(finger, { from: [60, 400], to: [330, 400] });
  expect(await left(page)).toBe(0);
  await touch(finger, 'touchEnd');
  await draw(finger, { from: [340, 400], to: [80, 400] });
  await expect.poll(() => left(page)).toBeLessThan(-100);
  await touch(finger, 'touchEnd');
  await isHome(page);
});
