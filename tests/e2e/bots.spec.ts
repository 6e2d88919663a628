import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from './watched.js';
import { arrive, composer, fresh, makeRoom, type Person, row, say } from './people.js';

let ana: Person;

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
});

test.afterEach(async () => {
  await ana.context.close();
});

async function settings(page: Page, part: string): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: part, exact: true }).click();
  await expect(page.getByRole('region', { name: part })).toBeVisible();
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)).toEqual([]);
}

/** A token with these scopes, by the dialog. */
async function makeToken(page: Page, name: string, scopes: string[]): Promise<string> {
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog', { name: 'New access token' });
  await dialog.getByLabel('Name').fill(name);
  for (const scope of scopes) await dialog.getByRole('checkbox', { name: scope }).check();
  await dialog.getByRole('button', { name: 'Make token' }).click();
  const token = await page.getByLabel('The access token').inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('list', { name: 'Access tokens' }).getByText(name)).toBeVisible();
  return token;
}

test('a token is made, shown once, works, and is revoked', async () => {
  const { page } = ana;
  await settings(page, 'Access tokens');
  const token = await makeToken(page, 'a script', []);
  expect(token).toMatch(/^parley_pat_[0-9A-Za-z]{46}$/);
  const ask = (path: string, method = 'GET'): Promise<Response> =>
    fetch(new URL(`/api/v1${path}`, page.url()), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify({ name: 'not mine to make', kind: 'public' }) }),
    });
  expect(await (await ask('/me')).json()).toMatchObject({ username: ana.username });
  expect((await ask('/rooms', 'POST')).status).toBe(403);
  await page.reload();
  const list = page.getByRole('list', { name: 'Access tokens' });
  await expect(list).toContainText('used just now');
  expect(await page.content()).not.toContain(token);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Revoke a script' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(list).toHaveCount(0);
  expect((await ask('/me')).status).toBe(401);
});

test('a bot is made, added to a room, answers there, and has missed nothing when it comes back', async () => {
  const { page } = ana;
  const name = fresh('echo');
  await settings(page, 'Bots');
  await page.getByRole('button', { name: 'New bot' }).click();
  const dialog = page.getByRole('dialog', { name: 'New bot' });
  await dialog.getByLabel('User name').fill(name);
  await dialog.getByLabel('Name', { exact: true }).fill(`Echo of ${name}`);
  await dialog.getByRole('button', { name: 'Make bot' }).click();
  await expect(page.getByRole('heading', { name: `Echo of ${name} Bot` })).toBeVisible();
  await expectAccessible(page);
  const token = await makeToken(page, 'its program', ['write']);
  await makeRoom(page, `den ${name}`, 'Private');
  await page.getByRole('button', { name: 'Add people' }).click();
  await page.getByLabel('Name or user name').fill(name);
  await page.getByRole('dialog').getByRole('button', { name: new RegExp(`Echo of ${name}`) }).click();
  await expect(page.getByText(/added/).last()).toBeVisible();

  const state = mkdtempSync(join(tmpdir(), 'echo-bot-'));
  const env = { ...process.env, PARLEY_URL: new URL(page.url()).origin, PARLEY_TOKEN: token, PARLEY_STATE: join(state, 'state.json') };
  // Node 20 has the client only with the flag; later ones take it too.
  const words = ['--experimental-websocket', resolve(import.meta.dirname, '../../examples/echo-bot.mjs')];
  const start = (): ChildProcess => spawn(process.execPath, words, { env, stdio: 'inherit' });
  const stop = async (bot: ChildProcess): Promise<void> => {
    const gone = once(bot, 'exit');
    bot.kill('SIGKILL');
    await gone;
  };
  let bot = start();
  try {
    // It begins where it finds the room: what is said again and again until it answers is said while it is there.
    await expect(async () => {
      await say(page, 'echo are you there?');
      await expect(row(page, 'are you there?').first()).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
    await expect(row(page, 'are you there?').first().locator('.bot-sign')).toHaveText('Bot');
    await stop(bot);
    await say(page, 'echo said while it was down');
    await expect(row(page, 'echo said while it was down')).toHaveCount(1);
    bot = start();
    await expect(row(page, 'said while it was down')).toHaveCount(1);
    await say(page, 'echo and now');
    await expect(row(page, 'and now')).toHaveCount(1);
    await expect(row(page, 'said while it was down')).toHaveCount(1);
  } finally {
    await stop(bot);
    rmSync(state, { recursive: true });
  }
});
