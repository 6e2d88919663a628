import { allow, expect, type Page, test } from './watched.js';
import { arrive, composer, fresh, makeRoom, openRoom, type Person, row, say, side, STORED } from './people.js';

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

const settings = (page: Page) => page.locator('dialog.room-settings');

async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'More about this room' }).click();
  await page.getByRole('button', { name: item, exact: true }).click();
}

async function part(page: Page, name: string): Promise<void> {
  if (!(await settings(page).isVisible())) await menu(page, 'Room settings');
  await settings(page).getByRole('tab', { name }).click();
}

/** Makes a link in the settings of the open room. */
async function link(page: Page): Promise<string> {
  await part(page, 'Invitations');
  await page.getByRole('button', { name: 'Make a link' }).click();
  const made = page.getByLabel('The invitation link');
  await expect(made).toHaveValue(/\/invite\//);
  const value = await made.inputValue();
  await settings(page).getByRole('button', { name: 'Close' }).click();
  return new URL(value).pathname;
}

/** Ana's private room with Ben in it, who came by a link. */
async function shared(name: string): Promise<void> {
  await makeRoom(ana.page, name, 'Private');
  await ben.page.goto(await link(ana.page));
  await expect(ben.page.getByText(`You are invited to ${name}.`)).toBeVisible();
  await ben.page.getByRole('button', { name: 'Join' }).click();
  await expect(ben.page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

async function showMembers(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: /^Members, / });
  if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
}

async function about(page: Page, person: string, item: string): Promise<void> {
  await showMembers(page);
  await page
    .getByRole('complementary', { name: 'Members' })
    .getByRole('button', { name: `What can be done about ${person}` })
    .click();
  await page.getByRole('button', { name: item, exact: true }).click();
}

test('somebody comes into a private room by a link, and the two talk', async () => {
  const name = fresh('attic');
  await shared(name);
  await say(ben.page, 'thanks for the link');
  await expect(row(ana.page, 'thanks for the link')).toBeVisible();
  allow(/^answer: 404 GET .*\/invites\//);
  await ben.page.goto('/invite/1-nonsense');
  await expect(ben.page.getByText('This invitation is not valid, or not any more.')).toBeVisible();
});

test('what is changed in the settings is seen by the others at once', async () => {
  const name = fresh('attic');
  const next = fresh('cellar');
  await shared(name);
  await part(ana.page, 'General');
  await ana.page.getByLabel('Name', { exact: true }).fill(next);
  await ana.page.getByLabel('Topic').fill('what to do with it');
  await settings(ana.page).getByRole('button', { name: 'Save' }).click();
  await expect(ben.page.getByRole('heading', { name: next, level: 1 })).toBeVisible();
  await expect(ben.page.getByText('what to do with it').first()).toBeVisible();
  await expect(ben.page.getByText(`named it “${next}”`)).toBeVisible();
  await ana.page.getByLabel('Announcements only').click();
  await expect(ana.page.getByLabel('Announcements only')).toBeChecked();
  await expect(ben.page.getByText('Announcements: moderators write here.', { exact: false })).toBeVisible();
  await expect(composer(ben.page)).toHaveCount(0);
  await part(ana.page, 'Permissions');
  await ana.page.getByLabel('Write messages').selectOption('member');
  await expect(composer(ben.page)).toBeVisible();
  await say(ben.page, 'may I?');
  await expect(row(ana.page, 'may I?')).toHaveCount(1);
});

test('a role is given, and with it what its bearer may do', async () => {
  await shared(fresh('attic'));
  await menu(ben.page, 'About this room');
  await expect(settings(ben.page).getByRole('tab', { name: 'Invitations' })).toHaveCount(0);
  await settings(ben.page).getByRole('button', { name: 'Close' }).click();
  await about(ana.page, ben.username, 'Make moderator');
  await expect(ben.page.getByText(`made ${ben.username} a moderator`)).toBeVisible();
  await part(ben.page, 'Invitations');
  await expect(settings(ben.page).getByRole('button', { name: 'Make a link' })).toBeVisible();
});

test('who leaves asks for nothing of the room any more, whichever way, and whatever stands beside it', async () => {
  for (const beside of [undefined, 'Members, 1', 'Files of this room', /^Pinned messages/]) {
    const name = fresh('attic');
    await makeRoom(ana.page, name, 'Public');
    await say(ana.page, 'alone here');
    await expect(row(ana.page, 'alone here')).toHaveAttribute('data-state', STORED);
    if (beside !== undefined) {
      const button = ana.page.getByRole('button', { name: beside });
      if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
      await expect(ana.page.getByRole('complementary')).toBeVisible();
      await say(ana.page, '/leave');
    } else await menu(ana.page, 'Leave the room');
    await ana.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
    await expect(side(ana.page).getByRole('link', { name: new RegExp(name) })).toHaveCount(0);
    await expect(ana.page.getByRole('heading', { name, level: 1 })).toHaveCount(0);
  }
});

test('who is muted cannot write, who is removed is out, and who is banned stays out', async () => {
  const name = fresh('attic');
  await makeRoom(ana.page, name, 'Public');
  await ben.page.goto(new URL(ana.page.url()).pathname);
  await ben.page.getByRole('button', { name: 'Join' }).click();
  await expect(composer(ben.page)).toBeVisible();
  await about(ana.page, ben.username, 'Mute for an hour');
  await expect(ben.page.getByText('A moderator has muted you here', { exact: false })).toBeVisible();
  await about(ana.page, ben.username, 'Let write again');
  await expect(composer(ben.page)).toBeVisible();
  await about(ana.page, ben.username, 'Remove from the room');
  await ana.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(ben.page.getByRole('button', { name: 'Join' })).toBeVisible();
  await ben.page.getByRole('button', { name: 'Join' }).click();
  await expect(composer(ben.page)).toBeVisible();
  await about(ana.page, ben.username, 'Ban from the room');
  await ana.page.getByRole('button', { name: 'Ban', exact: true }).click();
  allow(/^answer: 403 POST .*\/join$/);
  await ben.page.getByRole('button', { name: 'Join' }).click();
  await expect(ben.page.getByText('This room is closed to this person.')).toBeVisible();
  await part(ana.page, 'Bans');
  await ana.page.getByRole('button', { name: `Take back the ban of ${ben.username}` }).click();
  await expect(ana.page.getByText('Nobody. Members are banned', { exact: false })).toBeVisible();
});

test('favourites, sections and their folding are kept, on another page too', async () => {
  await openRoom(ana.page, 'general');
  const other = await ana.context.newPage();
  await other.goto('/');
  await menu(ana.page, 'Add to favourites');
  await expect(side(other).getByRole('button', { name: 'Favourites' })).toBeVisible();
  await menu(ana.page, 'Take from favourites');
  await menu(ana.page, 'Move to a section…');
  await ana.page.getByLabel('Name of a new section').fill('Daily');
  await ana.page.getByRole('button', { name: 'Move there' }).click();
  const fold = side(ana.page).getByRole('button', { name: 'Daily' });
  await expect(fold).toHaveAttribute('aria-expanded', 'true');
  await fold.click();
  await expect(side(ana.page).getByRole('link', { name: /general/ })).toHaveCount(0);
  await ana.page.reload();
  await expect(side(ana.page).getByRole('button', { name: 'Daily' })).toHaveAttribute('aria-expanded', 'false');
  await expect(side(ana.page).getByRole('link', { name: /general/ })).toHaveCount(0);
});

test('on a phone the list says what was written last; a wide one keeps to the names', async () => {
  const name = fresh('attic');
  await shared(name);
  const { page } = ana;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  const link = side(page).getByRole('link', { name: new RegExp(`^${name}`) });
  const last = link.locator('.side-last');
  await say(ben.page, 'It is ||in the attic||,\nwhere else');
  await expect(last).toHaveText(/^ben\w*:It is ▒▒▒▒,\d/i);
  expect(await link.evaluate((row) => row.clientHeight)).toBe(60);
  // From right to left it begins on the right, and the time stands on the left.
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  const left = (part: string): Promise<number> => last.locator(part).evaluate((one) => one.getBoundingClientRect().left);
  expect(await left('time')).toBeLessThan(await left('.side-last-who'));
  await page.evaluate(() => (document.documentElement.dir = 'ltr'));
  await openRoom(page, name);
  await say(page, 'seen');
  await expect(row(page, 'seen')).toHaveAttribute('data-state', STORED);
  await page.goto('/');
  await expect(last).toHaveText(/^You:seen/);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(link).toBeVisible();
  await expect(last).toHaveCount(0);
  expect(await link.evaluate((row) => row.clientHeight)).toBe(32);
});

test('an archived room is read, and taken back by its owner', async () => {
  const name = fresh('attic');
  await shared(name);
  await say(ben.page, 'still here');
  await part(ana.page, 'Archive and leave');
  await settings(ana.page).getByRole('button', { name: 'Archive' }).click();
  await expect(ben.page.getByText('This room is archived.', { exact: false })).toBeVisible();
  await expect(row(ben.page, 'still here')).toBeVisible();
  await settings(ana.page).getByRole('button', { name: 'Take back' }).click();
  await expect(composer(ben.page)).toBeVisible();
});
