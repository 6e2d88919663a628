import AxeBuilder from '@axe-core/playwright';
import { allow, type BrowserContext, expect, type Page, test } from './watched.js';
import { KEEPER, keeper } from './keeper.js';
import { arrive, fresh, logIn, makeRoom, openRoom, PASSWORD, type Person, row, say } from './people.js';
import { request } from './protocol_client.js';

let url: string;
let ben: Person;
let context: BrowserContext;
let page: Page;

test.beforeAll(({}, info) => {
  url = info.project.use.baseURL!;
});

test.beforeEach(async ({ browser }) => {
  // Whose login was ended is told so by each request.
  allow(/^answer: (401|403) /);
  ben = await arrive(browser, 'ben');
  context = await browser.newContext();
  page = await context.newPage();
  await logIn(page, KEEPER);
});

test.afterEach(async () => {
  await context.close();
  await ben.context.close();
  const { access_token: token } = await keeper(url);
  const body = { name: 'Parley', registration: 'open' };
  expect((await request(url, 'PATCH', '/admin/settings', { token, body })).status).toBe(200);
});

async function administration(part: string): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: part }).click();
  await expect(page.getByRole('region', { name: part, exact: true })).toBeVisible();
}

test('an admin finds a person, disables the account and enables it again; others see nothing of that', async () => {
  await ben.page.goto('/admin');
  await expect(ben.page.getByText('This is for admins of the server.')).toBeVisible();
  await administration('People');
  await page.getByRole('searchbox', { name: 'Find by name or user name' }).fill(ben.username);
  const rows = page.locator('.admin-row');
  await expect(rows).toHaveCount(1);
  const does = async (what: string, yes: string): Promise<void> => {
    await rows.getByRole('button', { name: /^What can be done with/ }).click();
    await page.getByRole('button', { name: what }).click();
    await page.getByRole('button', { name: yes, exact: true }).click();
  };
  await does('Disable the account', 'Disable');
  await expect(rows.getByText('disabled')).toBeVisible();
  await expect(ben.page.getByText('Your login has ended.')).toBeVisible();
  await does('Enable the account', 'Enable');
  await expect(rows.getByText('disabled')).toHaveCount(0);
  await logIn(ben.page, ben.username);
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('figure', { name: 'Messages per day' })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('a reported message is looked at, deleted and written down', async () => {
  await page.goto('/');
  const name = `board ${fresh('x')}`;
  await makeRoom(ben.page, name, 'Public');
  await say(ben.page, 'buy my cheap watches');
  const { access_token: token } = await keeper(url);
  const found = await request(url, 'GET', `/rooms/directory?query=${encodeURIComponent(name)}`, { token });
  const { id } = (found.body as { rooms: { id: string }[] }).rooms[0]!;
  expect((await request(url, 'POST', `/rooms/${id}/join`, { token, body: {} })).status).toBe(200);
  await openRoom(page, name);
  const message = row(page, 'buy my cheap watches');
  await message.hover();
  await message.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Report…' }).click();
  await page.getByText('Spam', { exact: true }).click();
  await page.getByLabel('In your words').fill('the third time');
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  await expect(page.getByText('Thank you. It will be looked at.')).toBeVisible();

  await administration('Reports');
  const report = page.getByRole('article').filter({ hasText: name });
  await expect(report.getByText('buy my cheap watches')).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await report.getByRole('button', { name: 'Act…' }).click();
  await page.getByText('Delete the message', { exact: true }).click();
  await page.getByRole('button', { name: 'Do it' }).click();
  await expect(report).toHaveCount(0);
  await expect(row(ben.page, 'buy my cheap watches')).toHaveCount(0);
  await page.getByRole('tab', { name: 'Settled' }).click();
  await expect(report.getByText(/^Deleted, by/)).toBeVisible();
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('combobox', { name: 'What was done' }).selectOption('Reports settled');
  await expect(page.locator('.audit-row').first()).toContainText(ben.username);
  await expect(page.locator('.audit-row').first()).toContainText(name);
});

test('the door says who may come in, and an invitation opens it', async ({ browser }) => {
  await administration('Server');
  await page.getByLabel('Name of the server').fill('The Lighthouse');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Closed', { exact: true }).click();
  const visitor = await (await browser.newContext()).newPage();
  await expect.poll(async () => ((await request(url, 'GET', '/server', {})).body as { registration: string }).registration).toBe('closed');
  await visitor.goto('/login');
  await expect(visitor.getByText('The Lighthouse')).toBeVisible();
  await expect(visitor.getByText('Create an account')).toHaveCount(0);
  await visitor.goto('/register');
  await expect(visitor.getByText('Nobody can make an account on this server at present.')).toBeVisible();
  await expect(visitor.getByLabel('User name')).toBeHidden();

  await page.getByText('By invitation', { exact: true }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  const made = page.getByLabel('The invitation link');
  await expect(made).toHaveValue(/\/register#/);
  await visitor.goto('/register');
  await visitor.reload();
  await expect(visitor.getByText('An account here takes an invitation.')).toBeVisible();
  await visitor.goto('/login');
  await visitor.goto(await made.inputValue());
  await visitor.getByLabel('User name').fill(fresh('guest'));
  await visitor.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await visitor.getByRole('button', { name: 'Create account' }).click();
  await expect(visitor.getByRole('navigation', { name: 'Rooms and people' })).toBeVisible();
  await expect(visitor).toHaveTitle(/The Lighthouse/);
  await visitor.context().close();
});
