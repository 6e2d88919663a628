import { expect, type Page, test } from './watched.js';
import { KEEPER } from './keeper.js';
import { fresh, logIn } from './people.js';
import { catalogue, englishOnly } from './catalogue.js';
import { beyond, dmOf, enter, type Guest, write } from './seed.js';

const SETTINGS = ['profile', 'appearance', 'status', 'notifications', 'quiet', 'writing', 'privacy', 'tokens', 'bots'];
const ADMIN = ['figures', 'people', 'rooms', 'reports', 'audit', 'emoji', 'stickers', 'server'];
const SCREENS = [
  '/threads', '/later', '/later/done', '/later/scheduled', '/drafts', '/activity', '/unread', '/people',
  ...SETTINGS.map((part) => `/settings/${part}`),
  ...ADMIN.map((part) => `/admin/${part}`),
];

/** What stands in English on purpose: names, and what people wrote. */
const GIVEN = ['general', 'parley', 'Parley', 'English', KEEPER];

async function shown(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator('.main .top').first()).toBeVisible();
  await expect(page.locator('[aria-busy=true], .skeleton')).toHaveCount(0);
}

/** All that is read or heard on the page. */
const words = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent === null || parent.closest('script, style, .msg-text, code, option[lang]') !== null) continue;
      if (parent.checkVisibility()) found.add(node.textContent?.trim() ?? '');
    }
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      for (const one of document.querySelectorAll(`[${name}]`)) if (one.checkVisibility()) found.add(one.getAttribute(name) ?? '');
    return [...found];
  });

/** Chosen where people choose it, while the page goes on. */
async function choose(page: Page, language: string): Promise<void> {
  await page.goto('/settings/appearance');
  await page.evaluate(() => Object.assign(globalThis, { same_page: true }));
  await page.locator('.language-field select').selectOption(language);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(catalogue(language).get('Settings') ?? '');
  expect(await page.evaluate(() => 'same_page' in globalThis)).toBe(true);
}

let ben: Guest;
let room: string;

test.beforeEach(async ({ browser, page }) => {
  ben = await enter(browser, 'ben');
  const ana = await enter(browser, 'ana');
  room = await dmOf(ben, ana);
  await write(ben, room, `sent to ${ana.username}`);
  await logIn(page, KEEPER);
  await ana.context.close();
});

test.afterEach(() => ben.context.close());

test('another language is there without a new page, in every word of every screen, with its own times', async ({ page }) => {
  await choose(page, 'de');
  await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
  const english = englishOnly('de');
  for (const name of GIVEN) english.delete(name);
  expect(english.size).toBeGreaterThan(500);
  const left: string[] = [];
  const look = async (place: string): Promise<void> => {
    for (const text of await words(page)) if (english.has(text)) left.push(`${place}: ${text}`);
  };
  for (const screen of SCREENS) {
    await shown(page, screen);
    await look(screen);
  }
  await page.goto('/');
  await expect(page.locator('.timeline-rows')).toBeVisible();
  await look('a room');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await look('the switcher');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog')).toBeVisible();
  await look('the shortcuts');
  expect(left).toEqual([]);

  await choose(ben.page, 'de');
  await ben.page.goto(`/r/${room}`);
  await expect(ben.page.locator('article .msg-time').first()).toHaveText(/^\d\d:\d\d$/);
});

test('from right to left nothing scrolls sideways, on a desk, a tablet, at 200 % and at 400 %', async ({ page }) => {
  await choose(page, 'ar');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await choose(ben.page, 'ar');
  const wide: string[] = [];
  const look = async (where: Page, name: string): Promise<void> => {
    for (const width of [1280, 720, 640, 320]) {
      await where.setViewportSize({ width, height: 800 });
      if ((await beyond(where)) > 0) wide.push(`${name} at ${width}`);
    }
  };
  for (const screen of SCREENS) {
    await shown(page, screen);
    await look(page, screen);
  }
  await ben.page.goto(`/r/${room}`);
  await expect(ben.page.locator('.msg-text').first()).toBeVisible();
  // The list of rooms stands where reading begins.
  const side = await ben.page.locator('.side').boundingBox();
  expect((side?.x ?? 0) + (side?.width ?? 0)).toBe(1280);
  await look(ben.page, 'a room');
  expect(wide).toEqual([]);
});

/** Whether the words of an element, cut or not, begin where they are seen, and run from left to right. */
const begins = (one: Element): string => {
  const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  const boxOf = (node: Node, from: number): DOMRect => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, from + 1);
    return range.getBoundingClientRect();
  };
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if ((node.textContent?.trim().length ?? 0) < 5) continue;
    const within = one.getBoundingClientRect();
    const [first, second] = [boxOf(node, 0), boxOf(node, 1)];
    if (first.left < within.left - 1 || first.right > within.right + 1) return 'the beginning is cut off';
    return first.left < second.left ? 'well' : 'mirrored';
  }
  return 'no words';
};

test('from right to left what is written from left to right keeps its beginning, and its signs their sides', async ({ browser }) => {
  const ana = await enter(browser, 'ana');
  const name = fresh('launch');
  const { id } = await ana.call<{ id: string }>('POST', '/rooms', { kind: 'public', name });
  await ana.call('PATCH', `/rooms/${id}`, { topic: `What is to be done before launch: ${'the list, '.repeat(9)}and (last) the cake!` });
  await ana.call('POST', `/rooms/${id}/members`, { user: ben.id });
  await write(ana, id, `@${ben.username} could you read it? ${'It is long enough for more than a line, and then some. '.repeat(4)}`);
  await write(ana, id, `@${ben.username} could you?`);
  await choose(ben.page, 'ar');
  const { page } = ben;
  const look = async (what: string, mark = ''): Promise<void> => {
    const found = page.locator(what).filter({ hasText: mark, visible: true });
    await expect(found.first(), what).toBeVisible();
    expect(await found.first().evaluate(begins), what).toBe('well');
  };
  // The title says where one is, too.
  const titled = async (place: string): Promise<void> => {
    await expect.poll(async () => (await page.title()).replace(/^\(\d+\) /, '')).toBe(`${place} · Parley`);
  };
  const said = catalogue('ar');
  await titled(`${said.get('Appearance')} · ${said.get('Settings')}`);
  await page.goto('/unread');
  await look('.inbox-text', 'could you read it');
  await titled(said.get('Inbox') ?? '');
  await page.goto('/activity');
  await look('.thread-card-text', 'could you?');
  await page.goto(`/r/${id}`);
  await look('.top p', 'What is to be done');
  await titled(name);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(name);
  await look('.pick-note', 'What is to be done');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+f');
  await expect(page.locator('.search-help code').first()).toHaveText('from:');
  await look('.search-help code');
  await ana.context.close();
});
