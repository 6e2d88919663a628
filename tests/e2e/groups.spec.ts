import AxeBuilder from '@axe-core/playwright';
import { KEEPER } from './keeper.js';
import { composer, fresh, logIn, say, side, still } from './people.js';
import { beyond, enter, type Guest, roomOf } from './seed.js';
import { allow, expect, type Page, test } from './watched.js';

let ana: Guest;
let ben: Guest;
let keeper: Page;

test.beforeEach(async ({ browser }) => {
  ana = await enter(browser, 'ana');
  ben = await enter(browser, 'ben');
  keeper = await (await browser.newContext()).newPage();
  await logIn(keeper, KEEPER);
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
  await keeper.context().close();
});

const sheet = (page: Page) => page.getByRole('dialog').last();
const message = (page: Page, words: string) => page.locator('article[data-state]').filter({ hasText: words });
const clean = async (page: Page, part: string): Promise<void> => {
  await still(page);
  expect((await new AxeBuilder({ page }).include(part).analyze()).violations).toEqual([]);
};

/** Makes a group of one person at the screen of the admins, and leaves its dialog open. */
async function makeGroup(handle: string, title: string, username: string): Promise<void> {
  await keeper.goto('/admin/groups');
  await keeper.getByLabel('Name of the group').fill(title);
  await keeper.getByLabel('Called by').fill(handle);
  await keeper.getByRole('button', { name: 'Make the group' }).click();
  await sheet(keeper).getByRole('button', { name: 'Add a person' }).click();
  await sheet(keeper).getByRole('searchbox').fill(username);
  await sheet(keeper).getByRole('button', { name: username }).first().click();
  await expect(sheet(keeper).getByRole('button', { name: `Remove ${username}` })).toBeVisible();
}

test('detail 17: an admin makes a group; it is completed behind the people, calls those in the room, and opens its card', async () => {
  const handle = fresh('crew');
  const room = await roomOf(ana, [ben]);
  await ben.page.goto('/');
  await expect(side(ben.page)).toBeVisible();
  await makeGroup(handle, 'The crew', ben.username);
  await clean(keeper, '.sheet');

  const { page } = ana;
  await page.goto(`/r/${room.id}`);
  const box = composer(page);
  await box.fill('');
  await box.pressSequentially(`look, @${handle.slice(0, -1)}`);
  const offered = page.getByRole('listbox').getByRole('option');
  await expect(offered.filter({ hasText: 'The crew' })).toContainText('1 person');
  await expect(offered).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(box).toHaveValue(`look, @${handle} `);
  await box.press('Enter');

  await expect(side(ben.page).getByRole('link', { name: new RegExp(room.name) }).locator('.badge-mention')).toBeVisible();
  await ben.page.goto(`/r/${room.id}`);
  const named = message(ben.page, 'look,');
  await expect(named).toHaveClass(/msg-mention/);
  await named.getByRole('button', { name: `@${handle}` }).click();
  const card = ben.page.getByRole('dialog', { name: 'About The crew' });
  await expect(card.getByRole('button', { name: ben.username })).toBeVisible();
  await clean(ben.page, '.person-card');
  await ben.page.keyboard.press('Escape');
  await expect(named.getByRole('button', { name: `@${handle}` })).toBeFocused();
  // Who writes sees it as well, and is not called.
  await expect(message(page, 'look,').getByRole('button', { name: `@${handle}` })).toBeVisible();
  await expect(message(page, 'look,')).not.toHaveClass(/msg-mention/);

  await test.step('a new name leaves what was written; a deleted group says that it is', async () => {
    const next = fresh('team');
    await sheet(keeper).getByLabel('Called by').fill(next);
    await sheet(keeper).getByRole('button', { name: 'Save' }).click();
    await expect(sheet(keeper).getByText(`@${next}`)).toBeVisible();
    await ben.page.reload();
    await message(ben.page, 'look,').getByRole('button', { name: `@${handle}` }).click();
    await expect(card).toContainText(`@${next}`);
    await ben.page.keyboard.press('Escape');
    await sheet(keeper).getByRole('button', { name: 'Delete the group' }).click();
    await sheet(keeper).getByRole('button', { name: 'Delete the group' }).click();
    await expect(keeper.getByText(`@${next}`)).toHaveCount(0);
    // Its card asks for it.
    allow(/^answer: 404 GET \/api\/v1\/groups\//);
    await message(ben.page, 'look,').getByRole('button', { name: `@${handle}` }).click();
    await expect(ben.page.getByRole('dialog')).toContainText('This group was deleted.');
    await ben.page.keyboard.press('Escape');
    await say(page, `nobody is called @${next}`);
    await expect(message(page, 'nobody is called').getByRole('button', { name: `@${next}` })).toHaveCount(0);
  });
});

test('everybody sees which groups there are and leaves one; on a phone nothing is too wide', async () => {
  const handle = fresh('crew');
  await makeGroup(handle, 'A group with quite a long name that needs more than one line', ben.username);
  const { page } = ben;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/people');
  await page.getByRole('link', { name: 'Groups' }).click();
  await expect(page.getByRole('button', { name: 'Make the group' })).toHaveCount(0);
  expect(await beyond(page)).toBe(0);
  await page.getByRole('button', { name: new RegExp(`@${handle} · 1 person · you are in it`) }).click();
  await expect(sheet(page).getByRole('button', { name: 'Add a person' })).toHaveCount(0);
  await sheet(page).getByRole('button', { name: 'Leave the group' }).click();
  await expect(sheet(page)).toContainText('Nobody is in this group.');
  expect(await beyond(page)).toBe(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: new RegExp(`@${handle} · 0 people`) })).toBeVisible();
});
