import AxeBuilder from '@axe-core/playwright';
import { KEEPER } from './keeper.js';
import { logIn, side, still } from './people.js';
import { dmOf, enter, type Guest, roomOf, write } from './seed.js';
import { expect, type Page, test } from './watched.js';

// axe looks at some thirty screens, each in five themes.
test.describe.configure({ timeout: 400_000 });

const THEMES = { light: 'light', dark: 'dark', contrast: 'dark', dusk: 'dark', meadow: 'light' };

/** What axe finds: all of WCAG 2.2 AA in the theme that is on, and contrast, which is all that differs, in the others. */
async function findings(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (theme: string, builder: AxeBuilder): Promise<void> => {
    for (const { id, nodes } of (await builder.analyze()).violations)
      found.push(...nodes.map((node) => `${where}, ${theme}: ${id}: ${node.html.slice(0, 160)}`));
  };
  for (const [theme, ground] of Object.entries(THEMES)) {
    await page.evaluate(
      ([theme, ground]) => Object.assign(document.documentElement.dataset, { theme, bsTheme: ground }),
      [theme, ground] as const,
    );
    // A colour on its way to another is neither.
    await still(page);
    // In the page itself: there are no frames to ask.
    const builder = new AxeBuilder({ page }).setLegacyMode();
    if (theme === 'light') builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
    else builder.withRules(['color-contrast']);
    await look(theme, builder);
  }
  return found;
}

/** Goes to each address and looks at it when nothing is on its way any more. */
async function visit(page: Page, addresses: readonly string[], found: string[]): Promise<void> {
  for (const address of addresses) {
    await page.goto(address);
    await expect(page.locator('.main, .door').filter({ visible: true }).first()).toBeVisible();
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    found.push(...(await findings(page, address)));
  }
}

let ana: Guest;
let room: string;
let root: number;

test.beforeAll(async ({ browser }) => {
  ana = await enter(browser, 'ana', { reducedMotion: 'reduce' });
  const ben = await enter(browser, 'ben');
  ({ id: room } = await roomOf(ana, [ben]));
  await dmOf(ana, ben);
  ({ seq: root } = await write(ben, room, `@${ana.username} **look**: \`code\`, https://example.org/ and\n\n> a quote\n\n- [ ] to do\n\n\`\`\`c\nint main(void);\n\`\`\``));
  await ben.call('POST', `/rooms/${room}/messages`, { cmid: crypto.randomUUID(), body: 'an answer', thread: root });
  await ben.call('POST', `/rooms/${room}/messages/${root}/reactions`, { emoji: '🎉', on: true });
  await ben.call('POST', `/rooms/${room}/messages/${root}/pin`, { on: true });
  await write(ana, room, 'mine');
  await ben.context.close();
});

test.afterAll(() => ana.context.close());

test('every screen is sound to axe, and readable in every theme', async () => {
  const found: string[] = [];
  const settings = ['profile', 'appearance', 'status', 'notifications', 'quiet', 'writing', 'privacy', 'tokens', 'bots'];
  const screens = [`/r/${room}`, `/r/${room}/t/${root}`, `/r/${room}/m/${root}`, '/unread', '/threads', '/activity', '/later', '/later/scheduled', '/drafts', '/people', '/reports'];
  await visit(ana.page, [...screens, ...settings.map((part) => `/settings/${part}`)], found);
  await ana.page.setViewportSize({ width: 390, height: 844 });
  await ana.page.goto('/');
  await expect(side(ana.page).getByText('mine', { exact: true })).toBeVisible();
  found.push(...(await findings(ana.page, 'the list on a phone')));
  await ana.page.setViewportSize({ width: 1280, height: 800 });
  expect(found).toEqual([]);
});

test('so is what opens above a room and beside it', async () => {
  const { page } = ana;
  const found: string[] = [];
  await page.goto(`/r/${room}`);
  await expect(page.getByText('mine', { exact: true })).toBeVisible();
  const open = async (name: string, press: () => Promise<unknown>): Promise<void> => {
    await press();
    const place = page.locator('dialog[open], .panel, .account-card').filter({ visible: true }).last();
    await expect(place, name).toBeVisible();
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    found.push(...(await findings(page, name)));
    await page.keyboard.press('Escape');
  };
  const button = (name: string | RegExp) => (): Promise<void> => page.getByRole('button', { name }).first().click();
  await open('the switcher', () => page.keyboard.press('Control+k'));
  await open('the connection', button(/^Connection: /));
  await open('a new room', button('New room'));
  await open('the menu of a room', button('More about this room'));
  await open('the members', button(/member/i));
  await open('the pins', button(/pinned/i));
  await open('the search', () => page.keyboard.press('Control+f'));
  await page.goto(`/r/${room}`);
  await open('the account', button(/^Account of/));
  // Over 1,900 emoji axe takes minutes.
  await page.keyboard.press('Escape');
  await button(/emoji/i)();
  const emoji = page.getByRole('dialog', { name: 'Emoji' });
  await expect(emoji).toBeVisible();
  await page.keyboard.type('smil');
  await expect.poll(() => page.getByRole('option').count()).toBeLessThan(100);
  found.push(...(await findings(page, 'some emoji')));
  expect(found).toEqual([]);
});

test('so is what admins see, and the door', async ({ browser }) => {
  const found: string[] = [];
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await visit(page, ['/login', '/register'], found);
  await logIn(page, KEEPER);
  await expect(side(page)).toBeVisible();
  const parts = ['figures', 'people', 'rooms', 'reports', 'audit', 'emoji', 'stickers', 'server'];
  await visit(page, parts.map((part) => `/admin/${part}`), found);
  expect(found).toEqual([]);
  await context.close();
});
