import { allow, expect, type Locator, type Page, test } from './watched.js';
import AxeBuilder from '@axe-core/playwright';
import { arrive, logIn, openRoom, PASSWORD, type Person, row, say, writeTo } from './people.js';

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

const card = (page: Page): Locator => page.getByRole('dialog', { name: /^About / });

async function settings(page: Page, part: string): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: part, exact: true }).click();
  await expect(page.getByRole('region', { name: part })).toBeVisible();
}

async function saved(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved')).toBeVisible();
}

test('a profile is written in the settings and read on the card', async () => {
  await settings(ben.page, 'Profile');
  await ben.page.getByLabel('Name', { exact: true }).fill(`Ben of ${ben.username}`);
  await ben.page.getByLabel('About me').fill('Builds boats.\nAsk me about glue.');
  await ben.page.getByLabel('Time zone').selectOption('Pacific/Auckland');
  await ben.page.getByLabel('Colour 4').check({ force: true });
  await saved(ben.page);
  await openRoom(ben.page, 'general');
  await say(ben.page, `hello from ${ben.username}`);
  await openRoom(ana.page, 'general');
  await expect(row(ana.page, `hello from ${ben.username}`)).toBeVisible();
  await ana.page.getByRole('button', { name: `Ben of ${ben.username}`, exact: true }).first().click();
  await expect(card(ana.page).getByText('Ask me about glue.')).toBeVisible();
  await expect(card(ana.page).getByText(`@${ben.username}`)).toBeVisible();
  await expect(card(ana.page).getByText(/local time/)).toBeVisible();
  await expect(card(ana.page).getByRole('region', { name: 'Rooms we share' }).getByText('general')).toBeVisible();
  await ana.page.keyboard.press('Escape');
  await expect(card(ana.page)).toHaveCount(0);
});

test('a status appears beside the name within seconds, and goes when it is cleared', async () => {
  await writeTo(ana.page, ben.username);
  const link = ana.page.getByRole('navigation', { name: 'Rooms and people' }).getByRole('link', { name: new RegExp(ben.username) });
  await settings(ben.page, 'Status');
  await ben.page.getByRole('button', { name: 'On holiday', exact: true }).click();
  await saved(ben.page);
  await expect(link.locator('.status-sign')).toHaveText(/🌴/);
  await expect(ana.page.locator('main > .top').getByText('🌴 On holiday')).toBeVisible();
  await ben.page.getByRole('button', { name: 'Clear status' }).click();
  await expect(link.locator('.status-sign')).toHaveCount(0);
});

test('who is not to be disturbed is marked so, now and by the week', async () => {
  await writeTo(ana.page, ben.username);
  const mark = ana.page.getByRole('navigation', { name: 'Rooms and people' }).getByRole('link', { name: new RegExp(ben.username) }).locator('.dot-quiet');
  await settings(ben.page, 'Do not disturb');
  await ben.page.getByRole('button', { name: '1 hour', exact: true }).click();
  await expect(mark).toBeVisible();
  await ben.page.getByRole('button', { name: 'Switch off' }).click();
  await expect(mark).toHaveCount(0);
  await ben.page.getByLabel('Every week at these hours').check();
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) {
    await ben.page.getByLabel(`${day} from`).fill('00:00');
    await ben.page.getByLabel(`${day} to`).fill('00:00');
  }
  await saved(ben.page);
  await expect(mark).toBeVisible();
  await ben.page.reload();
  await expect(ben.page.getByLabel('Sunday to')).toHaveValue('00:00');
});

test('the password is changed in the settings, which ends the other logins that stand there', async ({ browser }) => {
  const phone = await browser.newContext();
  const other = await phone.newPage();
  await logIn(other, ana.username);
  const { page } = ana;
  await page.goto('/settings/security');
  const logins = page.getByRole('listitem').filter({ hasText: /Chrome on/ });
  await expect(logins).toHaveCount(2);
  await page.getByLabel('Password now').fill('not this one');
  await page.getByLabel('New password').fill('another battery horse');
  // The other login may be asking for something just when it ends.
  allow(/^answer: 401 POST \/api\/v1\/auth\/password$/, /^answer: 401 GET /);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.getByText('This is not your password.')).toBeVisible();
  await page.getByLabel('Password now').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Password changed' })).toBeVisible();
  await expect(logins).toHaveCount(1);
  await expect(logins).toContainText('this device');
  await expect(other.getByRole('button', { name: 'Log in', exact: true })).toBeVisible();
  await phone.close();
});

test('an address that is none says so, and leads back', async () => {
  const { page } = ana;
  await page.goto('/rooms/of/another/chat');
  await expect(page.getByText('There is nothing at this address.')).toBeVisible();
  await page.getByRole('link', { name: 'To the rooms' }).click();
  await expect(page).toHaveURL(/\/(r\/\d+)?$/);
});

test('when somebody was last here can be hidden', async () => {
  await settings(ben.page, 'Privacy');
  await ben.page.getByLabel('Show when I was last here').uncheck();
  await expect(ben.page.getByLabel('Show when I was last here')).toBeEnabled();
  await writeTo(ana.page, ben.username);
  await expect(ana.page.locator('main > .top').getByText('here now')).toBeVisible();
  await ben.page.close();
  await expect(ana.page.locator('main > .top').getByText('not here', { exact: true })).toBeVisible();
  ben.page = await ben.context.newPage();
});

test('who is blocked finds no way in, and what they write in rooms is folded', async () => {
  allow(/^answer: 403 POST /);
  await openRoom(ana.page, 'general');
  await openRoom(ben.page, 'general');
  await say(ben.page, `psst ${ben.username}`);
  await expect(row(ana.page, `psst ${ben.username}`)).toBeVisible();
  await ana.page.getByRole('button', { name: ben.username, exact: true }).first().click();
  await card(ana.page).getByRole('button', { name: 'Block', exact: true }).click();
  await card(ana.page).getByRole('button', { name: `Block ${ben.username}` }).click();
  await expect(card(ana.page).getByText(`You block ${ben.username}.`)).toBeVisible();
  await ana.page.keyboard.press('Escape');
  await expect(row(ana.page, `psst ${ben.username}`)).toHaveCount(0);
  const folded = ana.page.locator('.folded').last();
  const before = await folded.getAttribute('data-msg-seq');
  await say(ben.page, `again ${ben.username}`);
  await expect(folded).not.toHaveAttribute('data-msg-seq', before ?? '');
  await folded.getByRole('button', { name: 'Show' }).click();
  await expect(row(ana.page, `again ${ben.username}`)).toBeVisible();

  await ben.page.getByRole('button', { name: new RegExp(`^Members`) }).click();
  await ben.page.getByRole('complementary', { name: 'Members' }).getByRole('button', { name: new RegExp(ana.username) }).click();
  await card(ben.page).getByRole('button', { name: 'Message' }).click();
  await expect(card(ben.page).getByRole('alert')).toHaveText('This person does not take messages from you.');

  await settings(ana.page, 'Privacy');
  await ana.page.getByRole('button', { name: `Unblock ${ben.username}` }).click();
  await expect(ana.page.getByText('Nobody. You can block a person on their card.')).toBeVisible();
  await card(ben.page).getByRole('button', { name: 'Message' }).click();
  await expect(ben.page.getByRole('textbox', { name: /^Message / })).toBeVisible();
});

test('the directory finds everybody, and leads to their card', async () => {
  await ana.page.getByRole('link', { name: 'Everybody' }).click();
  await ana.page.getByLabel('Find by name or user name').fill(ben.username);
  await ana.page.getByRole('main').getByRole('button', { name: new RegExp(ben.username) }).click();
  await card(ana.page).getByRole('button', { name: 'Message' }).click();
  await expect(ana.page.getByRole('textbox', { name: /^Message / })).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`settings, cards and the directory are open to everybody: ${theme}`, async () => {
    const { page } = ana;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const sound = async (): Promise<void> => {
      const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
      expect(result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)).toEqual([]);
    };
    for (const part of ['Profile', 'Status', 'Do not disturb', 'Privacy', 'Security']) {
      await settings(page, part);
      await sound();
    }
    await page.getByRole('link', { name: 'Everybody' }).click();
    // Somebody of the first ones, by name.
    await expect(page.getByRole('main').getByRole('button', { name: /ana/ }).first()).toBeVisible();
    await sound();
    await page.getByLabel('Find by name or user name').fill(ben.username);
    await page.getByRole('main').getByRole('button', { name: new RegExp(ben.username) }).click();
    await expect(card(page)).toBeVisible();
    await sound();
  });
}
