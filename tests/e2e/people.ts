import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, expect, type Locator, type Page } from '@playwright/test';

export const PASSWORD = 'correct horse battery';

/** Two letters and a number that no earlier test used. */
export const fresh = (name: string): string => `${name}${randomBytes(3).toString('hex')}`;

export interface Person {
  username: string;
  context: BrowserContext;
  page: Page;
}

/** A new account and a browser that is logged in to it, by the API: each person by the screen would be seconds for every test. */
export async function account(
  browser: Browser,
  name: string,
  options: BrowserContextOptions = {},
): Promise<{ id: string; username: string; token: string; context: BrowserContext }> {
  const context = await browser.newContext(options);
  const username = fresh(name);
  const answer = await context.request.post('/api/v1/auth/register', { data: { username, password: PASSWORD } });
  expect(answer.status()).toBe(201);
  const { access_token: token, user } = (await answer.json()) as { access_token: string; user: { id: string } };
  const { cookies } = await context.storageState();
  // The page asks for a login only where there was one.
  const localStorage = [{ name: 'parley.login', value: '1' }];
  await context.setStorageState({ cookies, origins: [{ origin: new URL(answer.url()).origin, localStorage }] });
  return { id: user.id, username, token, context };
}

/** Somebody new whose browser shows the rooms; with `welcome` they came by the screen, and are offered what newcomers are. */
export async function arrive(browser: Browser, name: string, options: { url?: string; phone?: boolean; welcome?: boolean } = {}): Promise<Person> {
  const where = {
    ...(options.url ? { baseURL: options.url } : {}),
    ...(options.phone ? { viewport: { width: 390, height: 844 }, hasTouch: true } : {}),
  };
  if (options.welcome === true) return signUp(browser, name, where);
  const { username, context } = await account(browser, name, where);
  const page = await context.newPage();
  await page.goto('/');
  await expect(side(page)).toBeVisible();
  return { username, context, page };
}

async function signUp(browser: Browser, name: string, options: BrowserContextOptions): Promise<Person> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const username = fresh(name);
  await page.goto('/register');
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(side(page)).toBeVisible();
  return { username, context, page };
}

/** What comes in or goes has done so: until then its colours are not its own. What never ends is not waited for. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((one) => (one.effect?.getComputedTiming().iterations === Infinity ? undefined : one.finished))),
  );
}

export const firstSteps = (page: Page): Locator => page.getByRole('region', { name: 'First steps' });

export const side = (page: Page): Locator => page.getByRole('navigation', { name: 'Rooms and people' });

export async function openRoom(page: Page, name: string): Promise<void> {
  const called = new RegExp(`\\b${name}\\b`);
  await side(page).getByRole('link', { name: called }).click();
  // Until it is shown, the composer is that of the room before. On a phone it takes the place of the list.
  await expect(page.getByRole('heading', { level: 1, name: called })).toBeVisible();
  await expect(composer(page)).toBeVisible();
}

export async function makeRoom(page: Page, name: string, kind: 'Public' | 'Private'): Promise<void> {
  await side(page).getByRole('button', { name: 'New room' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(name);
  await page.getByText(kind, { exact: true }).click();
  await page.getByRole('button', { name: 'Make the room' }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
  await expect(composer(page)).toBeVisible();
}

/** Find a person by the switcher and open the conversation. */
export async function writeTo(page: Page, username: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(username);
  // A person has a badge; the offer to search for the name comes at once, and is not meant.
  await page.getByRole('option', { name: new RegExp(username) }).filter({ has: page.locator('.avatar') }).first().click();
  // The switcher closes when the conversation is there; until then the composer below it is the one before.
  await expect(page.getByRole('combobox')).toHaveCount(0);
  await expect(composer(page)).toBeVisible();
}

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: /^Message / });

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** The row of a message with exactly this text. */
export const row = (page: Page, text: string): Locator =>
  page.locator('article[data-state]').filter({ has: page.getByText(text, { exact: true }) });

/** The texts of the messages on the screen, from top to bottom. */
export const texts = (page: Page): Promise<string[]> => page.locator('article[data-state] .msg-text').allInnerTexts();

/** The states of the messages on the screen, from top to bottom. */
export const states = (page: Page): Promise<(string | null)[]> =>
  page.locator('article[data-state]').evaluateAll((all) => all.map((one) => one.getAttribute('data-state')));

/** The server has it, whoever else has. */
export const STORED = /^(sent|delivered|read)$/;

export async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
}

export async function logIn(page: Page, username: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(side(page)).toBeVisible();
}

export interface Process {
  name: string;
  pid: number;
  address: string;
  admin: string;
  state: string;
}

/** What ./parley status says of the system under test. */
export function processes(): Process[] {
  const root = resolve(import.meta.dirname, '../..');
  const text = execFileSync(resolve(root, 'parley'), ['status', '--json'], { cwd: root, encoding: 'utf8' });
  const parsed = JSON.parse(text);
  return Array.isArray(parsed) ? parsed : parsed.processes;
}

/** What of the rooms is kept on the device of a page. */
export const keptLogs = (page: Page): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open('parley.cache');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const asking = db.transaction('logs').objectStore('logs').getAll();
          asking.onsuccess = () => {
            db.close();
            resolve(asking.result as string[]);
          };
        };
      }),
  );
