import AxeBuilder from '@axe-core/playwright';
import { allow, expect, type Page, test } from './watched.js';
import { arrive, composer, openRoom, say } from './people.js';
import { enter } from './seed.js';

const THEMES = ['Paper', 'Night', 'High contrast', 'Dusk', 'Meadow'];

async function violations(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
}

const colour = (page: Page, name: string): Promise<string> =>
  page.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(), name);

test('each theme is readable, in lines and in bubbles, with an accent of one’s own', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const { page } = ana;
  await openRoom(page, 'general');
  await say(page, `@${ana.username} is named`);
  await say(page, 'A line with **weight**, `code` and https://example.org/\n```sh\n./parley up\n```');
  await expect(page.locator('article[data-state]:not([data-state=pending])').last()).toBeVisible();
  const room = page.url();
  await page.goto('/settings/appearance');
  const grounds = new Set<string>();
  for (const [i, theme] of THEMES.entries()) {
    await test.step(theme, async () => {
      await page.getByRole('radio', { name: theme }).check();
      if (i === 2) await page.getByRole('button', { name: 'Bubbles' }).click();
      // Hard to read on each of them, before it is made readable.
      if (i === 3) await page.getByLabel('A colour of your own').fill('#808080');
      expect(await violations(page)).toEqual([]);
      grounds.add(await colour(page, '--bg'));
      const accent = await colour(page, '--accent');
      await page.goto(room);
      await expect(page.locator('html')).toHaveAttribute('data-messages', i < 2 ? 'lines' : 'bubbles');
      await expect(page.getByText('./parley up').last()).toBeVisible();
      expect(await colour(page, '--accent')).toBe(accent);
      expect(await violations(page)).toEqual([]);
      await page.goto('/settings/appearance');
    });
  }
  expect(grounds.size).toBe(THEMES.length);
  await page.getByRole('radio', { name: "The theme's own" }).check();
  expect(await colour(page, '--accent')).toBe('#7a3e9d');
  await ana.context.close();
});

test('what is chosen is there before the first paint, and in another tab; as the system is the system’s, live', async ({ browser }) => {
  // What comes out of a worker's cache cannot be kept from the page.
  const ana = await enter(browser, 'ana', { serviceWorkers: 'block', path: '/settings/appearance' });
  const { page } = ana;
  await page.getByRole('radio', { name: 'Dusk' }).check();
  await page.getByRole('radio', { name: 'Blue' }).check();
  await page.getByRole('button', { name: 'Compact' }).click();
  const accent = await colour(page, '--accent');
  const other = await ana.context.newPage();
  // With none of the app's own scripts: what the page is before they have run.
  allow(/^failed: net::ERR_FAILED GET \/assets\//);
  await other.route('**/assets/*.js', (route) => route.abort());
  await other.goto('/');
  const html = other.locator('html');
  await expect(html).toHaveAttribute('data-theme', 'dusk');
  await expect(html).toHaveAttribute('data-bs-theme', 'dark');
  await expect(html).toHaveAttribute('data-density', 'compact');
  expect(await colour(other, '--accent')).toBe(accent);
  await other.unroute('**/assets/*.js');
  await other.goto('/');
  await expect(composer(other)).toBeVisible();
  await page.getByRole('radio', { name: 'Match system' }).check();
  await other.emulateMedia({ colorScheme: 'light' });
  await expect(html).toHaveAttribute('data-theme', 'light');
  await other.emulateMedia({ colorScheme: 'dark' });
  await expect(html).toHaveAttribute('data-theme', 'dark');
  await other.emulateMedia({ contrast: 'more' });
  await expect(html).toHaveAttribute('data-theme', 'contrast');
  await ana.context.close();
});

test('with the colours of the system what is chosen is told from what is not, and samples keep their own', async ({ browser }) => {
  const ana = await enter(browser, 'ana', { forcedColors: 'active', path: '/' });
  const { page } = ana;
  const framed = (which: string): Promise<[boolean, boolean][]> =>
    page.locator(which).evaluateAll((all) =>
      all.map((one): [boolean, boolean] => [
        one.matches('.is-on, [aria-pressed=true], :has(> :checked)'),
        getComputedStyle(one.querySelector('.theme-sample') ?? one).outlineStyle !== 'none',
      ]),
    );
  const told = async (which: string): Promise<void> => {
    await expect(page.locator(which).first()).toBeVisible();
    const all = await framed(which);
    expect(all.filter(([on]) => on).length, which).toBeGreaterThan(0);
    expect(all.filter(([on, has_frame]) => on !== has_frame), which).toEqual([]);
  };
  await openRoom(page, 'general');
  await told('.side-list .side-row');
  await page.goto('/settings/appearance');
  await told('.settings-parts .side-row');
  for (const which of ['.segments button', '.theme-card', '.swatch']) await told(which);
  const grounds = (which: string): Promise<number> =>
    page.locator(which).evaluateAll((all) => new Set(all.map((one) => getComputedStyle(one).backgroundColor)).size);
  expect(await grounds('.theme-half > i:first-child')).toBeGreaterThan(3);
  expect(await grounds('.swatch[style]')).toBeGreaterThan(3);
  await ana.context.close();
});
