import { PASSWORD } from './people.js';
import { Client } from './protocol_client.js';
import { type Actor, makeScene, NOW, promote, type Scene } from './scene.js';
import { hills } from './scene_view.js';
import { type Browser, type BrowserContextOptions, expect, type Locator, type Page, test } from './watched.js';

// The pictures of docs/screenshots, which are what the screens are compared with: docs/development.md, "Pictures".

const WIDE = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
type Theme = 'light' | 'dark';

/** How wide texts are that the pictures show, in the fonts they were made with: letters, code, Japanese, Arabic, an emoji. */
const TEXTS = ['Parley tells you, 12:10', './parley scale', 'キャロル', 'الإطلاق', '🚀'];
const WIDTHS = [1015, 843, 400, 303, 125];

test.describe.configure({ timeout: 300_000 });

let scene: Scene;
let others: Client[] = [];

test.beforeEach(async ({ baseURL }) => {
  scene = await makeScene(baseURL!, hills());
  // They are there, and look at nothing.
  others = [scene.bo, scene.carol].map((one) => new Client(baseURL!, one.login, 1));
  await expect.poll(() => others.every((one) => one.ready)).toBe(true);
});

test.afterEach(() => {
  for (const one of others) one.stop();
});

interface Look extends BrowserContextOptions {
  /** What this browser has kept. */
  kept?: Record<string, string>;
}

/** A browser at NOW, logged in when somebody is given. */
async function open(browser: Browser, who: Actor | undefined, path: string, { kept = {}, ...look }: Look = {}): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...WIDE,
    ...look,
  });
  await context.clock.setFixedTime(NOW);
  if (who !== undefined) {
    const answer = await context.request.post('/api/v1/auth/login', { data: { username: who.username, password: PASSWORD } });
    expect(answer.status()).toBe(200);
    const notes = Object.entries({ 'parley.login': '1', ...kept }).map(([name, value]) => ({ name, value }));
    await context.setStorageState({ cookies: (await context.storageState()).cookies, origins: [{ origin: new URL(answer.url()).origin, localStorage: notes }] });
  }
  // Whoever else is on the server: nobody.
  const people = [scene.bo, scene.carol, scene.dana, scene.ada];
  const users = await Promise.all(people.map(({ id }) => scene.ada.call('GET', `/users/${id}`)));
  await context.route('**/api/v1/users?*', (route) => route.fulfill({ json: { users, total: users.length, complete: true } }));
  const page = await context.newPage();
  await page.goto(path);
  if (who !== undefined) await expect(page.locator('.side')).toBeAttached();
  return page;
}

/** Whether text is here as it is in the pictures. In CI it is, or the test says where it is not. */
async function sameFonts(page: Page): Promise<boolean> {
  const widths = await page.evaluate((texts) => {
    const probe = document.createElement('span');
    probe.style.cssText = 'position: absolute; white-space: pre; font-size: 100px';
    document.body.append(probe);
    const found = texts.map((text, nth) => {
      probe.style.fontFamily = nth === 1 ? 'var(--bs-font-monospace)' : '';
      probe.textContent = text;
      return Math.round(probe.getBoundingClientRect().width);
    });
    probe.remove();
    return found;
  }, TEXTS);
  if (process.env.CI) expect(widths, `the widths of ${TEXTS.join(' | ')}`).toEqual(WIDTHS);
  const same = widths.every((width, nth) => Math.abs(width - WIDTHS[nth]!) <= 1);
  if (!same) console.log(`other fonts here: pictures are not compared (${widths.join(', ')} instead of ${WIDTHS.join(', ')})`);
  return same;
}

type Shoot = (page: Page, name: string, ready: Locator) => Promise<void>;

/** Compares a screen with its picture as soon as `ready` is on it and all its pictures have come. */
async function camera(page: Page): Promise<Shoot> {
  const same = await sameFonts(page);
  return async (page, name, ready) => {
    await expect(ready).toBeVisible();
    await page.mouse.move(0, 0);
    await expect.poll(() => page.evaluate(() => [...document.images].every((one) => one.complete && one.naturalWidth > 0))).toBe(true);
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    // What reads its signs has come.
    await expect(page.getByText('**just in case**')).toHaveCount(0);
    if (same) await expect.soft(page).toHaveScreenshot(`${name}.png`);
  };
}

/** The server in numbers as it is not: of a month, and the same each time. */
const FIGURES = {
  days: Array.from({ length: 30 }, (_, nth) => ({
    day: new Date(NOW - (29 - nth) * 86_400_000).toISOString().slice(0, 10),
    messages: (nth + 4) % 7 > 4 ? 40 + nth * 3 : 190 + ((nth * 37) % 90) + nth * 4,
    people: (nth + 4) % 7 > 4 ? 6 + (nth % 4) : 24 + ((nth * 5) % 9),
  })),
  people: 48, disabled: 2, rooms_public: 14, rooms_private: 9, rooms_group: 5, rooms_dm: 71, messages: 18_240, database_bytes: 96_400_000, reports_open: 0, online: 12,
};

/** What an admin sees. */
async function admin(browser: Browser, base: string, theme: Theme): Promise<Page> {
  await promote(base, scene.ada);
  const page = await open(browser, scene.ada, '/settings/profile', { colorScheme: theme });
  await page.route('**/api/v1/admin/figures', (route) => route.fulfill({ json: FIGURES }));
  await page.goto('/admin');
  return page;
}

for (const theme of ['light', 'dark'] as const) {
  const colorScheme = theme;

  test(`screens are as their pictures: rooms on a desk, ${theme}`, async ({ browser }) => {
    const page = await open(browser, scene.ada, '/unread', { colorScheme });
    const shoot = await camera(page);
    // She herself, and two who write to her.
    await expect(page.locator('.side .dot-online')).toHaveCount(3);
    await shoot(page, `inbox-${theme}`, page.getByRole('main').getByText('Lunch at one?'));
    await page.goto('/activity');
    await shoot(page, `activity-${theme}`, page.getByRole('main').getByText('could you read it once more?'));
    await page.goto('/threads');
    await expect(page.locator('.side').getByRole('link', { name: /^Threads/ })).toContainText('1');
    await shoot(page, `threads-${theme}`, page.getByRole('main').getByText('Before noon, please'));
    await page.goto('/people');
    await expect(page.locator('.side').getByRole('link', { name: /^Threads/ })).toContainText('1');
    await shoot(page, `people-${theme}`, page.getByRole('main').getByText('Bo Lindqvist'));
    await page.goto(`/r/${scene.launch}/t/${scene.root}`);
    await shoot(page, `room-${theme}`, page.getByText('goes live at twelve'));
    await page.goto(`/r/${scene.launch}`);
    await page.getByRole('button', { name: 'Files of this room' }).click();
    await shoot(page, `gallery-${theme}`, page.getByRole('complementary', { name: 'Files of this room' }).getByRole('button', { name: /^Picture cover/ }));
    await page.keyboard.press('Control+f');
    await page.getByRole('complementary', { name: 'Search' }).getByRole('textbox').fill('Friday');
    await shoot(page, `search-${theme}`, page.getByRole('complementary', { name: 'Search' }).getByText('Then we freeze today'));
    await page.goto(`/r/${scene.design}`);
    await shoot(page, `design-${theme}`, page.getByText('Which mark for the stickers?'));
    await page.keyboard.press('Control+k');
    await shoot(page, `switcher-${theme}`, page.getByRole('option').first());
    await page.context().close();
  });

  test(`screens are as their pictures: all else on a desk, ${theme}`, async ({ browser, baseURL }) => {
    const page = await open(browser, scene.ada, '/settings/appearance', { colorScheme });
    const shoot = await camera(page);
    await shoot(page, `appearance-${theme}`, page.getByRole('radio', { name: 'Meadow' }));
    await page.evaluate(() => localStorage.setItem('parley.messages', 'bubbles'));
    await page.goto(`/r/${scene.launch}`);
    await shoot(page, `bubbles-${theme}`, page.getByText('Back in ten minutes'));
    await page.context().close();
    const arabic = await open(browser, scene.ada, `/r/${scene.majlis}`, { colorScheme, locale: 'ar' });
    await shoot(arabic, `arabic-${theme}`, arabic.getByText('ممتاز'));
    await arabic.context().close();
    const stranger = await open(browser, undefined, '/login', { colorScheme });
    await shoot(stranger, `login-${theme}`, stranger.getByRole('button', { name: 'Log in' }));
    await stranger.context().close();
    const newcomer = await open(browser, scene.dana, `/r/${scene.garden}`, { colorScheme, kept: { 'parley.newcomer': scene.dana.id } });
    await shoot(newcomer, `welcome-${theme}`, newcomer.getByRole('button', { name: 'Write to Bo Lindqvist' }));
    await newcomer.context().close();
    const ruler = await admin(browser, baseURL!, theme);
    await shoot(ruler, `admin-${theme}`, ruler.getByText('18,240'));
    await ruler.context().close();
  });

  test(`screens are as their pictures: on a phone, ${theme}`, async ({ browser }) => {
    const page = await open(browser, scene.ada, '/', { ...PHONE, colorScheme });
    const shoot = await camera(page);
    await expect(page.locator('.side .dot-online')).toHaveCount(3);
    await shoot(page, `phone-list-${theme}`, page.getByRole('link', { name: /launch/ }));
    await page.goto(`/r/${scene.launch}`);
    await shoot(page, `phone-room-${theme}`, page.getByRole('main').getByText('Back in ten minutes'));
    await page.goto(`/r/${scene.launch}/t/${scene.root}`);
    await shoot(page, `phone-thread-${theme}`, page.getByText('goes live at twelve'));
    await page.goto('/settings/appearance');
    await shoot(page, `phone-settings-${theme}`, page.getByRole('radio', { name: 'Meadow' }));
    await page.context().close();
  });
}
