import { allow, expect, type Page, test } from './watched.js';
import { arrive, composer, fresh, openRoom, row, say } from './people.js';

const panel = (page: Page) => page.getByRole('complementary', { name: 'Search' });
const box = (page: Page) => panel(page).getByRole('textbox');
const hits = (page: Page) => panel(page).locator('.hit');

/** Asks until the index has what was just said; it is behind by less than a second. */
async function find(page: Page, text: string, count: number): Promise<void> {
  await expect(async () => {
    await box(page).fill('');
    await box(page).fill(text);
    await expect(hits(page)).toHaveCount(count, { timeout: 2_000 });
  }).toPass();
}

test('what was said is found by a part of it, and one click goes there', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const word = fresh('schmetterling');
  await openRoom(ana.page, 'general');
  await say(ana.page, `Ein ${word} am Fenster`);
  await say(ana.page, `明日は${word}東京で会議`);
  for (let i = 0; i < 3; i++) await say(ana.page, `filler ${i}`);
  await ana.page.keyboard.press('Control+f');
  await expect(box(ana.page)).toBeFocused();
  await find(ana.page, word.slice(3), 2);
  await expect(hits(ana.page).first().locator('mark')).toHaveText(word.slice(3));
  await find(ana.page, `東京 ${word}`, 1);
  await find(ana.page, `"ein ${word}"`, 1);
  await hits(ana.page).first().click();
  await expect(ana.page).toHaveURL(/\/r\/\d+\/m\/\d+$/);
  await expect(row(ana.page, `Ein ${word} am Fenster`)).toHaveClass(/msg-target/);
  await ana.context.close();
});

test('operators are chips, and who is not in the room finds nothing', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const bo = await arrive(browser, 'bo');
  const word = fresh('geheim');
  const closed = fresh('closed');
  await ana.page.getByRole('button', { name: 'New room' }).click();
  await ana.page.getByLabel('Name').fill(closed);
  await ana.page.getByText('Private', { exact: false }).first().click();
  await ana.page.getByRole('button', { name: /^(Create|Make)/ }).click();
  // Until it is shown, the composer is that of the room before.
  await expect(ana.page.getByRole('textbox', { name: `Message ${closed}` })).toBeVisible();
  await say(ana.page, `${word} only here`);
  await ana.page.keyboard.press('Control+Shift+f');
  await find(ana.page, `${word} from:me`, 1);
  await expect(panel(ana.page).getByRole('button', { name: 'Without from:me' })).toBeVisible();
  await find(ana.page, `${word} from:${bo.username}`, 0);
  await expect(panel(ana.page).getByText('Nothing found.')).toBeVisible();
  await panel(ana.page).getByRole('button', { name: /^Without from:/ }).click();
  await expect(hits(ana.page)).toHaveCount(1);
  // A day that is none is said to be none, and not that nothing was found.
  allow(/^answer: 400 GET \/api\/v1\/search$/);
  await box(ana.page).fill('before:2026-13-45');
  await expect(panel(ana.page).getByRole('alert')).toContainText('A date is written like');
  await expect(panel(ana.page).getByRole('status')).toHaveText('');
  await bo.page.keyboard.press('Control+Shift+f');
  await box(bo.page).fill(word);
  await expect(panel(bo.page).getByText('Nothing found.')).toBeVisible();
  await expect(hits(bo.page)).toHaveCount(0);
  await ana.context.close();
  await bo.context.close();
});

test('the switcher hands over to the search, and Esc closes it', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const word = fresh('umbrella');
  await openRoom(ana.page, 'general');
  await say(ana.page, `an ${word} stands here`);
  await ana.page.keyboard.press('Control+k');
  await ana.page.getByRole('combobox').fill(word);
  await ana.page.getByRole('option', { name: /in messages/ }).click();
  await expect(box(ana.page)).toHaveValue(word);
  await find(ana.page, word, 1);
  await box(ana.page).press('ArrowDown');
  await expect(hits(ana.page).first()).toBeFocused();
  await ana.page.keyboard.press('Escape');
  await expect(panel(ana.page)).toHaveCount(0);
  await expect(composer(ana.page)).toBeFocused();
  await ana.context.close();
});

test('a day is jumped to from the name of another', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  await openRoom(ana.page, 'general');
  await say(ana.page, fresh('today'));
  const day = ana.page.getByLabel('Jump to a day').last();
  const today = await day.inputValue();
  await day.fill('2026-01-01');
  await expect(ana.page).toHaveURL(/\/m\/1$/);
  await expect(ana.page.locator('[data-seq], [data-msg-seq]').first()).toBeInViewport();
  expect(today).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  await ana.context.close();
});

test('on a phone the way back leads from a hit to the search as it was, and from there out of it', async ({ browser }) => {
  const ana = await arrive(browser, 'ana', { phone: true });
  const { page } = ana;
  const word = fresh('leuchtturm');
  await openRoom(page, 'general');
  const room = page.url();
  await composer(page).fill(`${word} am Meer`);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.keyboard.press('Control+Shift+f');
  await find(page, word, 1);
  await hits(page).first().click();
  await expect(page).toHaveURL(/\/m\/\d+$/);
  await expect(panel(page)).toHaveCount(0);
  await page.goBack();
  await expect(box(page)).toHaveValue(word);
  await expect(hits(page)).toHaveCount(1);
  await page.goBack();
  await expect(panel(page)).toHaveCount(0);
  await expect(page).toHaveURL(room);
  // Closed by its own button it leaves nothing on the way back, either.
  await page.keyboard.press('Control+Shift+f');
  await page.getByRole('button', { name: 'Close search' }).click();
  await expect(panel(page)).toHaveCount(0);
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
  await ana.context.close();
});
