import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from './watched.js';
import { arrive, composer, logIn, type Person, row, say, STORED, writeTo } from './people.js';

let ana: Person;
let ben: Person;

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

const poll = (page: Page, question: string): Locator => page.getByRole('region', { name: `Poll: ${question}` });
const answer = (page: Page, question: string, words: string): Locator =>
  poll(page, question).getByRole('button', { name: new RegExp(`^${words}`) });

test('people vote, change their mind and see it counted; a closed poll takes no more; a sticker is a picture', async () => {
  await writeTo(ana.page, ben.username);
  await say(ana.page, '/poll "Lunch?" "Soup" "Cake"');
  await expect(composer(ana.page)).toHaveValue('');
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await answer(ben.page, 'Lunch?', 'Cake').click();
  await answer(ana.page, 'Lunch?', 'Cake').click();
  await expect(answer(ana.page, 'Lunch?', 'Cake').locator('.poll-count')).toHaveText(/^2/);
  await answer(ben.page, 'Lunch?', 'Soup').click();
  await expect(answer(ben.page, 'Lunch?', 'Soup')).toHaveAttribute('aria-pressed', 'true');
  await expect(answer(ana.page, 'Lunch?', 'Soup').locator('.poll-count')).toHaveText(/^1/);
  await expect(answer(ana.page, 'Lunch?', 'Cake').locator('.poll-count')).toHaveText(/^1/);
  await expect(poll(ben.page, 'Lunch?').getByRole('button', { name: 'Close the poll' })).toHaveCount(0);
  await poll(ana.page, 'Lunch?').getByRole('button', { name: 'Close the poll' }).click();
  await poll(ana.page, 'Lunch?').getByRole('button', { name: 'Close it for everybody?' }).click();
  await expect(answer(ben.page, 'Lunch?', 'Cake')).toBeDisabled();

  // The form, anonymous: what was voted is known after a reload to who voted, and to nobody else.
  await ana.page.getByRole('button', { name: 'Add a file, a poll or a sticker' }).click();
  await ana.page.getByRole('button', { name: 'Poll', exact: true }).click();
  const form = ana.page.getByRole('dialog', { name: 'New poll' });
  await form.getByLabel('Question').fill('Honestly?');
  await form.getByLabel('Answer 1').fill('Yes');
  await form.getByLabel('Answer 1').press('Enter');
  await form.getByLabel('Answer 2').fill('No');
  await form.getByLabel('Anonymous').check();
  const { violations } = await new AxeBuilder({ page: ana.page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  await form.getByRole('button', { name: 'Ask' }).click();
  await answer(ben.page, 'Honestly?', 'No').click();
  await expect(answer(ana.page, 'Honestly?', 'No').locator('.poll-count')).toHaveText(/^1/);
  await ben.page.reload();
  await expect(answer(ben.page, 'Honestly?', 'No')).toHaveAttribute('aria-pressed', 'true');
  // In a low window: who opens a room at its end stays there when what draws the poll comes after its row.
  await ana.page.setViewportSize({ width: 1280, height: 480 });
  await ana.page.reload();
  await expect(poll(ana.page, 'Honestly?')).toContainText('1 person voted');
  const timeline = ana.page.getByRole('log', { name: 'Messages' });
  await expect.poll(() => timeline.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)).toBeLessThan(2);
  await ana.page.setViewportSize({ width: 1280, height: 800 });
  await expect(answer(ana.page, 'Honestly?', 'No')).toHaveAttribute('aria-pressed', 'false');

  await ana.page.getByRole('button', { name: 'Add a file, a poll or a sticker' }).click();
  await ana.page.getByRole('button', { name: 'Sticker', exact: true }).click();
  await ana.page.getByRole('button', { name: 'Wave', exact: true }).click();
  const picture = ben.page.getByRole('img', { name: 'Sticker: Wave' });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
});

test('a group is begun with several people; a draft goes along to another device, and goes when it is sent', async ({ browser }) => {
  const cem = await arrive(browser, 'cem');
  await ana.page.getByRole('button', { name: 'New message' }).click();
  const dialog = ana.page.getByRole('dialog', { name: 'New message' });
  for (const { username } of [ben, cem]) {
    await dialog.getByLabel('Name or user name').fill(username);
    await dialog.getByRole('button', { name: new RegExp(`@${username}`) }).click();
  }
  await dialog.getByRole('button', { name: 'Start a group of 3' }).click();
  await expect(ana.page.getByRole('heading', { level: 1 })).toContainText(cem.username);
  await say(ana.page, 'hello both');
  await expect(row(ana.page, 'hello both')).toHaveAttribute('data-state', STORED);
  const group = cem.page.getByRole('link', { name: new RegExp(`${ana.username}, ${ben.username}`) });
  await group.click();
  await expect(row(cem.page, 'hello both')).toBeVisible();

  const second = await browser.newContext();
  const page = await second.newPage();
  await logIn(page, cem.username);
  await composer(cem.page).fill('I think that');
  const drafts = page.getByRole('link', { name: /^Drafts/ });
  await drafts.click();
  await page.getByRole('link', { name: /I think that/ }).click();
  await expect(composer(page)).toHaveValue('I think that');
  await composer(page).press('Enter');
  await expect(row(cem.page, 'I think that')).toBeVisible();
  // Typed there only just now: it is looked at again when nobody types any more.
  await expect(composer(cem.page)).toHaveValue('', { timeout: 20_000 });
  await expect(drafts).toHaveCount(0);
  await second.close();
  await cem.context.close();
});
