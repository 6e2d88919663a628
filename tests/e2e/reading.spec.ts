import { expect, type Page, test } from './watched.js';
import { arrive, composer, fresh, makeRoom, openRoom, type Person, row, say, side } from './people.js';

let ana: Person;
let ben: Person;
let name: string;

const entry = (page: Page, of: string) => page.getByRole('article', { name: of });

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
  name = fresh('desk');
  await makeRoom(ana.page, name, 'Public');
  await ben.page.goto(new URL(ana.page.url()).pathname);
  await ben.page.getByRole('button', { name: 'Join' }).click();
  await expect(composer(ben.page)).toBeVisible();
});

test.afterEach(async () => {
  await Promise.all([ana, ben].map((one) => one.context.close()));
});

test('messages are marked as unread, stay so on all devices, and are read from the inbox', async () => {
  await expect(ana.page).toHaveTitle(new RegExp(`^${name}`));
  for (const text of ['one', 'two', 'three']) await say(ben.page, text);
  await expect(row(ana.page, 'three')).toBeVisible();
  await expect(side(ana.page).getByRole('link', { name: new RegExp(`${name}.*unread`) })).toHaveCount(0);
  const other = await ana.context.newPage();
  await other.goto('/unread');
  await expect(other.getByText('All read.')).toBeVisible();

  await ana.page.bringToFront();
  await row(ana.page, 'two').hover();
  await row(ana.page, 'two').getByRole('button', { name: 'More' }).click();
  await ana.page.getByRole('menuitem', { name: 'Mark unread from here' }).click();
  await expect(side(ana.page).getByRole('link', { name: `${name} 2 unread` })).toBeVisible();
  await expect(ana.page.getByRole('separator', { name: 'New messages' })).toBeVisible();
  // Looking at it reads nothing, until the room is opened again.
  await ana.page.getByRole('log', { name: 'Messages' }).hover();
  await ana.page.mouse.wheel(0, -50);
  await say(ben.page, 'four');
  await expect(side(ana.page).getByRole('link', { name: `${name} 3 unread` })).toBeVisible();

  await other.bringToFront();
  await expect(entry(other, name).getByText('four')).toBeVisible();
  await other.keyboard.press('j');
  await other.keyboard.press('e');
  await expect(other.getByText('All read.')).toBeVisible();
  await expect(side(ana.page).getByRole('link', { name: new RegExp(`${name}.*unread`) })).toHaveCount(0);

  // What came while one was elsewhere stands below the line, and what one has seen above it.
  await ana.page.bringToFront();
  await openRoom(ana.page, 'general');
  await say(ben.page, 'five');
  await expect(side(ana.page).getByRole('link', { name: `${name} 1 unread` })).toBeVisible();
  await openRoom(ana.page, name);
  const line = ana.page.getByRole('separator', { name: 'New messages' });
  await expect(line).toBeVisible();
  const tops = [row(ana.page, 'four'), line, row(ana.page, 'five')].map(async (part) => (await part.boundingBox())!.y);
  const [seen, between, fresh_one] = await Promise.all(tops);
  expect(seen).toBeLessThan(between!);
  expect(between).toBeLessThan(fresh_one!);
});

test('what concerns somebody is listed, leads to where it was said, and is seen on all devices', async () => {
  await say(ana.page, 'the plan');
  await row(ben.page, 'the plan').hover();
  await row(ben.page, 'the plan').getByRole('button', { name: 'Reply in a thread' }).click();
  const thread = ben.page.getByRole('complementary', { name: 'Thread' });
  await thread.getByRole('textbox').fill(`@${ana.username} what of it?`);
  await thread.getByRole('textbox').press('Enter');
  await say(ben.page, `@${ana.username} look here`);
  await expect(side(ana.page).getByRole('link', { name: 'Activity 2 new' })).toBeVisible();
  const other = await ana.context.newPage();
  await other.goto('/settings/profile');
  await expect(side(other).getByRole('link', { name: 'Activity 2 new' })).toBeVisible();

  await ana.page.bringToFront();
  await side(ana.page).getByRole('link', { name: /Activity/ }).click();
  await expect(ana.page.getByText('mentioned you in a thread in')).toBeVisible();
  await expect(side(ana.page).getByRole('link', { name: 'Activity', exact: true })).toBeVisible();
  await expect(side(other).getByRole('link', { name: 'Activity', exact: true })).toBeVisible();
  await ana.page.getByRole('button', { name: 'Reactions' }).click();
  await expect(ana.page.getByText('Nothing so far.')).toBeVisible();
  await ana.page.getByRole('button', { name: 'Mentions' }).click();
  await ana.page.getByRole('link', { name: /what of it/ }).click();
  await expect(ana.page.getByRole('complementary', { name: 'Thread' }).getByText('what of it?')).toBeVisible();

  // All that is left is read at once.
  await openRoom(ana.page, 'general');
  await say(ben.page, 'one more');
  await expect(side(ana.page).getByRole('link', { name: new RegExp(`${name}.*unread`) })).toBeVisible();
  await side(ana.page).getByRole('link', { name: 'Inbox' }).click();
  await ana.page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(ana.page.getByText('All read.')).toBeVisible();
  await expect(side(ana.page).getByRole('link', { name: new RegExp(`${name}.*unread`) })).toHaveCount(0);
});
