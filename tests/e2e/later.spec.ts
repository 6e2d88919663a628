import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from './watched.js';
import { arrive, composer, type Person, row, say, side, STORED, writeTo } from './people.js';

let ana: Person;
let ben: Person;

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'the tide tables are wrong');
  await expect(row(ana.page, 'the tide tables are wrong')).toHaveAttribute('data-state', STORED);
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(row(ben.page, 'the tide tables are wrong')).toBeVisible();
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

const menu = async (page: Page, message: Locator, name: string): Promise<void> => {
  await message.hover();
  await message.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
};


test('a message is kept, comes back as a reminder on all devices, and is ticked off', async () => {
  const { page } = ben;
  await menu(page, row(page, 'the tide tables are wrong'), 'Keep for later');
  await expect(page.getByText('Kept for later.')).toBeVisible();
  await side(page).getByRole('link', { name: /^Later/ }).click();
  const item = page.locator('.later-row').filter({ hasText: 'the tide tables are wrong' });
  await expect(item).toContainText(ana.username);
  expect((await new AxeBuilder({ page }).include('.later').analyze()).violations).toEqual([]);
  await item.getByRole('button', { name: 'Remind me' }).click();
  await page.getByRole('button', { name: /^Tomorrow at 9:00/ }).click();
  await expect(item).toContainText(/Reminder .*\b0?9:00/);

  // The other device is the same browser's second tab; its time comes as the server's clock says.
  const other = await ben.context.newPage();
  await other.goto('/');
  await expect(composer(other)).toBeVisible();
  const asked = page.waitForRequest((request) => request.method() === 'PATCH' && /\/later\/\d+$/.test(request.url()));
  await item.getByRole('button', { name: 'Remind me' }).click();
  await page.getByRole('button', { name: /^In 20 minutes/ }).click();
  const sent = await asked;
  const soon = await page.request.patch(sent.url(), {
    headers: { authorization: (await sent.allHeaders()).authorization ?? '' },
    data: { remind_at: Date.now() + 500 },
  });
  expect(soon.status()).toBe(200);
  for (const one of [page, other]) await expect(one.locator('.reminder')).toContainText('the tide tables are wrong');
  await expect(page.getByRole('region', { name: 'Due' })).toContainText('the tide tables are wrong');
  await expect(side(other).getByRole('link', { name: /^Later/ })).toContainText('1');
  await other.locator('.reminder').getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('.reminder')).toHaveCount(0);
  await expect(item).toHaveCount(0);
  await page.getByRole('link', { name: 'Done', exact: true }).click();
  await expect(item).toBeVisible();
});

test('a message waits for its time, is changed and sent', async () => {
  const { page } = ana;
  await composer(page).fill('good morrow');
  await page.getByRole('button', { name: 'Send later' }).click();
  const tomorrow = await page.evaluate(() => {
    const day = new Date();
    day.setDate(day.getDate() + 1);
    return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}T09:00`;
  });
  // A time of one's own is a form within what is written: it sends nothing by itself.
  await page.getByLabel('Another time').fill(tomorrow);
  await page.getByLabel('Another time').press('Enter');
  await expect(page.getByText(/It will be sent .*\b0?9:00/)).toBeVisible();
  await expect(row(page, 'good morrow')).toHaveCount(0);
  await expect(composer(page)).toHaveValue('');
  await page.getByRole('link', { name: 'Show what waits' }).click();
  const item = page.locator('.later-row');
  await expect(item).toContainText('good morrow');
  await item.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('textbox', { name: 'Text of the message' }).fill('good morning');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(item).toContainText('good morning');
  await item.getByRole('button', { name: 'Send now' }).click();
  await expect(row(ben.page, 'good morning')).toBeVisible();
  await expect(item).toHaveCount(0);
  await expect(page.getByText('Nothing waits to be sent.')).toBeVisible();
});

test('a message is forwarded with a comment, and its author sees who has read it', async () => {
  const { page } = ben;
  await menu(page, row(page, 'the tide tables are wrong'), 'Forward');
  await page.getByRole('combobox', { name: 'Forward to' }).fill('general');
  await page.getByRole('option', { name: /general/ }).click();
  await page.getByRole('textbox', { name: 'Comment' }).fill('please check');
  await page.getByRole('dialog').getByRole('button', { name: 'Forward' }).click();
  const copy = page.locator('article[data-state]').filter({ hasText: 'please check' }).filter({ hasText: ana.username });
  await expect(copy.locator('.forwarded')).toContainText('the tide tables are wrong');
  await copy.locator('.forwarded').getByRole('link').click();
  await expect(row(page, 'the tide tables are wrong')).toBeVisible();

  await menu(ana.page, row(ana.page, 'the tide tables are wrong'), 'Seen by');
  await expect(ana.page.getByRole('region', { name: 'Read' })).toContainText(ben.username);
});
