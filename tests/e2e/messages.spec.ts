import AxeBuilder from '@axe-core/playwright';
import { allow, expect, type Locator, type Page, test } from './watched.js';
import { arrive, composer, type Person, openRoom, row, say, STORED, writeTo } from './people.js';

let ana: Person;
let ben: Person;

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'the kettle is broken');
  await expect(row(ana.page, 'the kettle is broken')).toHaveAttribute('data-state', STORED);
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(row(ben.page, 'the kettle is broken')).toBeVisible();
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

const tool = async (message: Locator, name: string): Promise<void> => {
  await message.hover();
  await message.getByRole('button', { name, exact: true }).click();
};

const menu = async (page: Page, message: Locator, name: string): Promise<void> => {
  await tool(message, 'More');
  await page.getByRole('menuitem', { name, exact: true }).click();
};

const chip = (message: Locator, emoji: string): Locator => message.getByRole('button', { name: new RegExp(`^${emoji} \\d`) });

test('an answer shows what it answers, follows its changes and leads to it', async () => {
  await tool(row(ben.page, 'the kettle is broken'), 'Reply');
  await say(ben.page, 'I will bring mine');
  const answer = row(ana.page, 'I will bring mine');
  await expect(answer.locator('.quote')).toContainText('the kettle is broken');
  await expect(answer.locator('.quote')).toContainText(ana.username);
  await expect(ben.page.locator('.quote-bar')).toHaveCount(0);
  await menu(ana.page, row(ana.page, 'the kettle is broken').first(), 'Edit');
  await ana.page.getByRole('textbox', { name: 'Edit your message' }).fill('the kettle is whole again');
  await ana.page.keyboard.press('Enter');
  await expect(row(ben.page, 'I will bring mine').locator('.quote')).toContainText('the kettle is whole again');
  await answer.getByRole('button', { name: /the kettle/ }).click();
  await expect(ana.page.locator('article.is-flashed')).toContainText('the kettle is whole again');
});

test('a thread has its replies, its own unread number and its own draft, and stays out of the room', async () => {
  await tool(row(ben.page, 'the kettle is broken'), 'Reply in a thread');
  const panel = ben.page.getByRole('complementary', { name: 'Thread' });
  const write = panel.getByRole('textbox', { name: 'Reply in the thread' });
  await write.fill('since when?');
  await write.press('Enter');
  await write.fill('half a thought');
  await expect(panel.locator('article[data-state]').filter({ hasText: 'since when?' })).toHaveAttribute('data-state', STORED);
  await expect(ben.page.getByRole('log', { name: 'Messages' }).getByText('since when?')).toHaveCount(0);

  const line = row(ana.page, 'the kettle is broken').getByRole('button', { name: /1 reply/ });
  await expect(line).toContainText('1 new');
  const threads = ana.page.getByRole('link', { name: /^Threads/ });
  await expect(threads.locator('.badge-count')).toHaveText(/^1/);
  await threads.click();
  const card = ana.page.getByRole('link', { name: /the kettle is broken/ });
  await expect(card.locator('.thread-card-last')).toHaveText(/^ben\w* since when\?$/i);
  await expect(card.locator('.thread-faces .avatar')).toHaveCount(1);
  await card.click();
  const hers = ana.page.getByRole('complementary', { name: 'Thread' });
  await expect(hers.getByText('since when?')).toBeVisible();
  await expect(threads.locator('.badge-count')).toHaveCount(0);
  await expect(ana.page).toHaveURL(/\/r\/\d+\/t\/\d+$/);
  await hers.getByRole('textbox').fill('since this morning');
  await hers.getByRole('textbox').press('Enter');
  await expect(panel.getByText('since this morning')).toBeVisible();
  await expect(panel.getByText('2 replies')).toBeVisible();
  // The address brings back the thread, what is in it, and what was being written.
  await ben.page.reload();
  await expect(panel.getByText('since this morning')).toBeVisible();
  await expect(write).toHaveValue('half a thought');
  // Who has read it does not find it unread after a reload either.
  await ana.page.reload();
  await expect(hers.getByText('since when?')).toBeVisible();
  await expect(threads.locator('.badge-count')).toHaveCount(0);
});

test('reactions are counted alike on both sides, whoever puts and takes them', async () => {
  const [hers, his] = [row(ana.page, 'the kettle is broken'), row(ben.page, 'the kettle is broken')];
  await tool(his, 'React with 👍');
  await expect(chip(his, '👍')).toHaveAttribute('aria-pressed', 'true');
  await expect(chip(hers, '👍')).toHaveText(/1/);
  await expect(chip(hers, '👍')).toHaveAttribute('aria-pressed', 'false');
  await chip(hers, '👍').click();
  for (const message of [hers, his]) await expect(chip(message, '👍')).toHaveText(/2/);
  await expect(chip(his, '👍')).toHaveAccessibleName(new RegExp(`You and ${ana.username}|${ana.username}`));
  // Both press as fast as they can; what is left is the same for both, and what the server has.
  const press = async (message: Locator): Promise<void> => {
    for (let n = 0; n < 5; n++) await tool(message, 'React with 👍');
  };
  await Promise.all([press(hers), press(his)]);
  for (const message of [hers, his]) await expect(chip(message, '👍')).toHaveCount(0);
  await tool(hers, 'React with ❤️');
  await expect(chip(his, '❤️')).toHaveText(/1/);
  await ben.page.reload();
  await expect(chip(his, '❤️')).toHaveText(/1/);
  await expect(chip(his, '👍')).toHaveCount(0);
});

test('an edit is seen by the other at once, and what was there before is kept', async () => {
  await composer(ana.page).press('ArrowUp');
  const box = ana.page.getByRole('textbox', { name: 'Edit your message' });
  await expect(box).toHaveValue('the kettle is broken');
  await box.fill('something else');
  await box.press('Escape');
  await expect(row(ana.page, 'the kettle is broken')).toBeVisible();
  await expect(composer(ana.page)).toBeFocused();
  await composer(ana.page).press('ArrowUp');
  await box.fill('the kettle is **very** broken');
  await box.press('Enter');
  const edited = ben.page.locator('article[data-state]').filter({ hasText: 'very' });
  await expect(edited).toContainText('(edited)');
  await edited.getByRole('button', { name: '(edited)' }).click();
  const versions = ben.page.getByRole('dialog').getByRole('listitem');
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText('very');
  await expect(versions.last()).toContainText('the kettle is broken');
  await ben.page.keyboard.press('Escape');
  await expect(ben.page.getByRole('dialog')).toHaveCount(0);
  await ben.page.reload();
  await expect(edited).toContainText('(edited)');
});

test('an edit that cannot be saved loses nothing', async () => {
  allow(/^answer: 503 PATCH /);
  await ana.page.route('**/api/v1/rooms/*/messages/*', (route) =>
    route.request().method() === 'PATCH' ? route.fulfill({ status: 503, body: 'nobody is there' }) : route.continue(),
  );
  await composer(ana.page).press('ArrowUp');
  const box = ana.page.getByRole('textbox', { name: 'Edit your message' });
  await box.fill('the kettle sings');
  await box.press('Enter');
  await expect(ana.page.getByRole('alert')).toContainText('Not saved.');
  await expect(box).toHaveValue('the kettle sings');
  await ana.page.unroute('**/api/v1/rooms/*/messages/*');
  await box.press('Enter');
  await expect(row(ben.page, 'the kettle sings')).toBeVisible();
});

test('a deleted message is a tombstone for both, and nothing of it is left', async () => {
  await tool(row(ben.page, 'the kettle is broken'), 'React with 👍');
  await expect(chip(row(ana.page, 'the kettle is broken'), '👍')).toBeVisible();
  await tool(row(ben.page, 'the kettle is broken'), 'Reply');
  await say(ben.page, 'poor kettle');
  const hers = row(ana.page, 'the kettle is broken').first();
  await menu(ana.page, hers, 'Delete');
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
  await expect(hers).toBeVisible();
  await menu(ana.page, hers, 'Delete');
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  for (const { page } of [ana, ben]) {
    await expect(page.getByText('This message was deleted.')).toBeVisible();
    await expect(page.getByText('the kettle is broken')).toHaveCount(0);
    await expect(page.locator('.reaction')).toHaveCount(0);
    await expect(row(page, 'poor kettle').locator('.quote')).toContainText('deleted');
  }
  // The focus is not lost with what had it.
  expect(await ana.page.evaluate(() => document.activeElement !== document.body)).toBe(true);
  await ben.page.reload();
  await expect(ben.page.getByText('This message was deleted.')).toBeVisible();
});

test('a pinned message is at hand for both until the pin is taken away', async () => {
  await menu(ana.page, row(ana.page, 'the kettle is broken'), 'Pin to the room');
  await expect(row(ana.page, 'the kettle is broken')).toContainText('Pinned');
  const button = ben.page.getByRole('button', { name: /^Pinned messages/ });
  await expect(button).toHaveText('1');
  await button.click();
  const panel = ben.page.getByRole('complementary', { name: 'Pinned messages' });
  await expect(panel.getByText('the kettle is broken')).toBeVisible();
  await panel.getByRole('button', { name: 'Show in the room' }).click();
  await expect(ben.page.locator('article.is-flashed')).toContainText('the kettle is broken');
  await panel.getByRole('button', { name: 'Take the pin away' }).click();
  await expect(panel.getByText('Nothing is pinned.')).toBeVisible();
  await expect(ana.page.getByRole('button', { name: /^Pinned messages/ })).toHaveText('');
  await expect(row(ana.page, 'the kettle is broken')).not.toContainText('Pinned');
});

test('who is named in a message sees it among the rooms, until it is read', async () => {
  await openRoom(ben.page, 'general');
  await openRoom(ana.page, 'general');
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(ben.page.getByRole('heading', { name: ana.username })).toBeVisible();
  await say(ana.page, `@${ben.username} can you bring yours?`);
  const general = ben.page.getByRole('navigation', { name: 'Rooms and people' }).getByRole('link', { name: /\bgeneral\b/ });
  await expect(general.locator('.badge-mention')).toHaveText(/^@1/);
  await expect(ben.page).toHaveTitle(/^\(\d+\) .+ · Parley$/);
  await ben.page.reload();
  await expect(general.locator('.badge-mention')).toHaveText(/^@1/);
  await general.click();
  await expect(ben.page.locator('article.msg-mention').last()).toContainText('can you bring yours?');
  await expect(general.locator('.badge-mention')).toHaveCount(0);
});

test('everything can be reached with the keyboard', async () => {
  const { page } = ana;
  await page.getByRole('log', { name: 'Messages' }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(row(page, 'the kettle is broken')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Reply', exact: true })).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(row(page, 'the kettle is broken')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type('yes');
  await page.keyboard.press('Enter');
  await expect(row(ben.page, 'yes').locator('.quote')).toContainText('the kettle is broken');
});

test('on a phone a finger that rests on a message asks what can be done, and a thread has the whole screen', async ({ browser }) => {
  const eva = await arrive(browser, 'eva', { phone: true });
  const { page } = eva;
  await page.goto('/');
  await openRoom(page, 'general');
  await composer(page).fill(`hello from ${eva.username}`);
  await page.getByRole('button', { name: 'Send', exact: true }).tap();
  const words = row(page, `hello from ${eva.username}`).locator('.msg-text');
  await expect(row(page, `hello from ${eva.username}`)).toHaveAttribute('data-state', STORED);
  const box = (await words.boundingBox())!;
  const touch = await eva.context.newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: box.x + 20, y: box.y + 10 }] });
  await expect(page.getByRole('menu')).toBeVisible();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  // What the finger leaves is not pressed by that; what it presses then is.
  await page.getByRole('menuitem', { name: 'Reply in a thread' }).tap();
  const panel = page.getByRole('complementary', { name: 'Thread' });
  await expect(panel).toHaveCSS('width', '390px');
  await panel.getByRole('textbox').fill('in the thread');
  await panel.getByRole('button', { name: 'Send', exact: true }).tap();
  await expect(panel.getByText('1 reply')).toBeVisible();
  await panel.getByRole('button', { name: 'Close the thread' }).tap();
  await expect(row(page, `hello from ${eva.username}`).getByRole('button', { name: /1 reply/ })).toBeVisible();
  await eva.context.close();
});

for (const theme of ['light', 'dark'] as const) {
  test(`nothing is in the way of anybody: ${theme}`, async () => {
    const { page } = ana;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const sound = async (): Promise<void> => {
      const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
      expect(result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)).toEqual([]);
    };
    const kettle = row(page, 'the kettle is broken').first();
    await tool(kettle, 'React with 👍');
    await tool(kettle, 'Reply');
    await say(page, 'still');
    await menu(page, kettle, 'Pin to the room');
    await menu(page, row(page, 'still'), 'Edit');
    await sound();
    await page.keyboard.press('Escape');
    await tool(kettle, 'Reply in a thread');
    const panel = page.getByRole('complementary', { name: 'Thread' });
    await panel.getByRole('textbox').fill('in a thread');
    await panel.getByRole('textbox').press('Enter');
    await expect(panel.getByText('1 reply')).toBeVisible();
    await tool(kettle, 'More');
    await expect(page.getByRole('menu')).toBeVisible();
    await sound();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Pinned messages/ }).click();
    await expect(page.getByRole('complementary', { name: 'Pinned messages' }).getByText('the kettle is broken')).toBeVisible();
    await sound();
    await page.getByRole('link', { name: /^Threads/ }).click();
    await expect(page.getByRole('link', { name: /the kettle is broken/ })).toBeVisible();
    await sound();
  });
}
