import AxeBuilder from '@axe-core/playwright';
import { allow, expect, test } from './watched.js';
import { arrive, composer, fresh, openRoom, say, side, still } from './people.js';

for (const theme of ['light', 'dark'] as const) {
  for (const phone of [false, true]) {
    test(`nothing is in the way of anybody: ${theme}, ${phone ? 'phone' : 'desktop'}`, async ({ browser }) => {
      const ana = await arrive(browser, 'ana', { phone });
      await ana.page.emulateMedia({ colorScheme: theme });
      const sound = async (): Promise<void> => {
        await still(ana.page);
        const result = await new AxeBuilder({ page: ana.page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
        expect(result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)).toEqual([]);
        const sideways = await ana.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(sideways).toBeLessThanOrEqual(0);
      };
      await sound();
      await openRoom(ana.page, 'general');
      await say(ana.page, 'A line that is **strong**, with `code` and https://example.org/a/long/address');
      await say(ana.page, `${'unbroken'.repeat(60)}`);
      await expect(ana.page.locator('article[data-state]:not([data-state=pending])').last()).toBeVisible();
      await sound();
      await ana.context.close();
    });
  }
}

test('a row that is open keeps its colour, whatever is unread in it', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  await ana.page.goto('/threads');
  const row = side(ana.page).getByRole('link', { name: 'Threads' });
  await expect(row).toHaveClass(/is-on/);
  const look = (): Promise<[string, string]> => row.evaluate((one) => [getComputedStyle(one).color, getComputedStyle(one).fontWeight]);
  const read = await look();
  await row.evaluate((one) => {
    one.classList.add('is-unread');
    one.insertAdjacentHTML('beforeend', '<span class="badge-count">1</span>');
  });
  expect(await look()).toEqual(read);
  await ana.context.close();
});

test('hostile text is only text', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  let dialogs = 0;
  ana.page.on('dialog', (d) => {
    dialogs++;
    void d.dismiss();
  });
  await openRoom(ana.page, 'general');
  for (const text of [
    '<img src=x onerror=alert(1)>',
    '[press](javascript:alert(1))',
    '<script>alert(1)</script>',
    '\u202Egnp.exe',
    `${'>'.repeat(3000)}deep`,
    'Z̸̢̛a̷l̶g̸o̵',
  ])
    await say(ana.page, text);
  await expect(ana.page.locator('article[data-state]:not([data-state=pending])')).not.toHaveCount(0);
  await expect(ana.page.locator('.timeline img[src=x], .timeline a[href^="javascript:"], .timeline script')).toHaveCount(0);
  await expect(composer(ana.page)).toBeFocused();
  expect(dialogs).toBe(0);
});

test('a wrong password and a taken name are said beside the field, nothing is lost, and another name is let in', async ({ page, browser }) => {
  allow(/^answer: 401 POST \/api\/v1\/auth\/login$/, /^answer: 409 POST \/api\/v1\/auth\/register$/);
  const ana = await arrive(browser, 'ana');
  await page.goto('/login');
  await page.getByLabel('User name').fill(ana.username);
  await page.getByLabel('Password', { exact: true }).fill('not this one');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('wrong');
  await expect(page.getByLabel('User name')).toHaveValue(ana.username);
  await page.goto('/register');
  await page.getByLabel('User name').fill(ana.username.toUpperCase());
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText('This user name is taken.')).toBeVisible();
  await page.getByLabel('User name').fill(fresh('ana'));
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(side(page)).toBeVisible();
});
