import { readFile } from 'node:fs/promises';
import { enter, outside, roomOf, write } from './seed.js';
import { allow, expect, test } from './watched.js';
import { PASSWORD } from './people.js';

const WORDS = 'what I alone have written';

// A phone's width: what is wide enough there is anywhere.
test('all that the server has of me is downloaded after the password, and nobody takes it without', async ({ browser }) => {
  allow(/^answer: 401 POST \/api\/v1\/auth\/confirm$/);
  const ana = await enter(browser, 'ana', { viewport: { width: 390, height: 844 } });
  const room = await roomOf(ana);
  await write(ana, room.id, WORDS);
  const { page } = ana;
  await page.goto('/settings/privacy');
  await page.getByRole('button', { name: 'Download my data' }).click();
  await page.getByLabel('Password now').fill('not my password');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(page.getByRole('alert')).toHaveText('This is not your password.');
  expect(await outside(page)).toEqual([]);
  await page.getByLabel('Password now').fill(PASSWORD);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^parley-\d{4}-\d\d-\d\d\.zip$/);
  // Stored as it is: the words stand in it.
  const bytes = await readFile(await file.path());
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
  expect(bytes.includes(WORDS)).toBe(true);
  await expect(page.getByText('It is with your downloads.')).toBeVisible();
  await ana.context.close();
});
