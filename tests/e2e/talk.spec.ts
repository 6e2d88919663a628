import { expect, test } from './watched.js';
import { arrive, composer, makeRoom, openRoom, PASSWORD, type Person, processes, row, say, STORED, texts, writeTo } from './people.js';

let ana: Person;
let ben: Person;

test.beforeEach(async ({ browser }) => {
  // Each at a gateway of their own: the pages come from there, so their sockets go there.
  const gateways = processes().filter((p) => p.name.startsWith('gateway-'));
  expect(gateways.length).toBeGreaterThanOrEqual(2);
  ana = await arrive(browser, 'ana', { url: `http://${gateways[0]!.address}` });
  ben = await arrive(browser, 'ben', { url: `http://${gateways[1]!.address}` });
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

test('two newcomers on two gateways talk both ways, and one who reloads finds the history', async () => {
  await openRoom(ana.page, 'general');
  await openRoom(ben.page, 'general');
  await say(ana.page, `hello ${ben.username}`);
  await expect(row(ben.page, `hello ${ben.username}`)).toBeVisible();
  await say(ben.page, `and hello ${ana.username}`);
  await expect(row(ana.page, `and hello ${ana.username}`)).toBeVisible();
  await expect(row(ana.page, `hello ${ben.username}`)).toHaveAttribute('data-state', STORED);
  const before = await texts(ben.page);
  await ben.page.reload();
  await expect(row(ben.page, `and hello ${ana.username}`)).toBeVisible();
  expect((await texts(ben.page)).slice(-2)).toEqual(before.slice(-2));
});

test('a direct message reaches a person who is elsewhere, and is counted until it is read', async () => {
  await openRoom(ben.page, 'general');
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'one');
  await say(ana.page, 'two');
  await say(ana.page, 'three');
  const link = ben.page.getByRole('link', { name: new RegExp(ana.username) });
  await expect(link.locator('.badge-count')).toHaveText(/^3/);
  await expect(ben.page).toHaveTitle(/^\(\d+\) .+ · Parley$/);
  await link.click();
  await expect(row(ben.page, 'three')).toBeVisible();
  expect(await texts(ben.page)).toEqual(['one', 'two', 'three']);
  await expect(link.locator('.badge-count')).toHaveCount(0);
});

test('what I write is not unread on my other devices', async ({ browser }) => {
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'note to you');
  await expect(row(ana.page, 'note to you')).toHaveAttribute('data-state', STORED);
  // The other side shows the position once the server has it.
  await expect
    .poll(async () => {
      const context = await browser.newContext({ baseURL: new URL(ana.page.url()).origin });
      const login = await context.request.post('/api/v1/auth/login', { data: { username: ana.username, password: PASSWORD } });
      const { access_token } = await login.json();
      const list = await context.request.get('/api/v1/rooms', { headers: { authorization: `Bearer ${access_token}` } });
      const { rooms } = (await list.json()) as { rooms: { kind: string; n: number; read_n: number }[] };
      await context.close();
      return rooms.filter((r) => r.kind === 'dm').map((r) => r.n - r.read_n);
    })
    .toEqual([0]);
});

test('presence shows who is there and who left', async () => {
  await writeTo(ana.page, ben.username);
  const dot = ana.page.getByRole('link', { name: new RegExp(ben.username) }).locator('.dot-online');
  await expect(dot).toBeVisible();
  await ben.page.close();
  await expect(dot).toHaveCount(0);
  ben.page = await ben.context.newPage();
  await ben.page.goto('/');
  await expect(dot).toBeVisible();
});

test('who types is seen typing, and no more once the message came', async () => {
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'hi');
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await composer(ben.page).pressSequentially('let me think');
  await expect(ana.page.getByText(`${ben.username} is typing…`)).toBeVisible();
  await composer(ben.page).press('Enter');
  await expect(row(ana.page, 'let me think')).toBeVisible();
  await expect(ana.page.getByText(/is typing…/)).toHaveCount(0);
});

test('log out hides the app, and another login of the same person brings it back', async () => {
  await openRoom(ana.page, 'general');
  await say(ana.page, `before leaving ${ana.username}`);
  await expect(row(ana.page, `before leaving ${ana.username}`)).toHaveAttribute('data-state', STORED);
  await ana.page.getByRole('button', { name: /^Account of/ }).click();
  await ana.page.getByRole('button', { name: 'Log out' }).click();
  await expect(ana.page.getByRole('button', { name: 'Log in' })).toBeVisible();
  await expect(ana.page.getByRole('navigation', { name: 'Rooms and people' })).toHaveCount(0);
  await ana.page.goto('/');
  await expect(ana.page.getByRole('button', { name: 'Log in' })).toBeVisible();
  await ana.page.getByLabel('User name').fill(ana.username);
  await ana.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await ana.page.getByRole('button', { name: 'Log in' }).click();
  await openRoom(ana.page, 'general');
  await expect(row(ana.page, `before leaving ${ana.username}`)).toBeVisible();
});

test('a public room is made, found and joined; a private one is not found', async () => {
  const room = `garden-${ana.username}`;
  await makeRoom(ana.page, room, 'Public');
  await say(ana.page, 'who waters?');
  await makeRoom(ana.page, `${room}-secret`, 'Private');

  await ben.page.getByRole('button', { name: 'Browse rooms' }).click();
  await ben.page.getByLabel('Find a room by name').fill(room);
  const dialog = ben.page.getByRole('dialog');
  await expect(dialog.getByText(room, { exact: true })).toBeVisible();
  await expect(dialog.getByText(`${room}-secret`)).toHaveCount(0);
  await dialog.getByRole('button', { name: `Join ${room}`, exact: true }).click();
  await expect(row(ben.page, 'who waters?')).toBeVisible();
  await say(ben.page, 'I do');
  await ana.page.getByRole('link', { name: new RegExp(`${room}\\b(?!-secret)`) }).click();
  await expect(row(ana.page, 'I do')).toBeVisible();
});
