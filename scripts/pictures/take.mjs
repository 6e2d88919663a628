// take.mjs URL DIRECTORY: makes the scene at URL, looks at it as Ada does, and writes the pictures.
import { createRequire } from 'node:module';
import { makeScene } from './scene.mjs';

const [url, directory] = process.argv.slice(2);
const { chromium } = createRequire(new URL('../../tests/e2e/package.json', import.meta.url))('@playwright/test');
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

async function logIn(browser, person, options) {
  const page = await (await browser.newContext({ baseURL: url, ...options })).newPage();
  page.setDefaultTimeout(30_000);
  await page.goto('/login');
  await page.getByLabel('User name').fill(person.username);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('.room-row').first().waitFor();
  return page;
}

/** Opens an address as Ada; the picture is taken when the words are there and the fonts are loaded. */
async function shoot(page, { path, words, name }) {
  await page.goto(path);
  await page.getByText(words).last().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${directory}/${name}.png`, animations: 'disabled', caret: 'hide' });
  console.log(`${directory}/${name}.png`);
}

const scene = await makeScene(url);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
});
try {
  // The others are there, so that they show as online.
  for (const one of [scene.bo, scene.carol]) await logIn(browser, one, { viewport: WIDE });
  const room = { path: `/r/${scene.launch}`, words: 'Back in ten minutes' };
  const thread = { path: `/r/${scene.launch}/t/${scene.root}`, words: 'goes live at twelve' };
  for (const colorScheme of ['light', 'dark']) {
    const wide = await logIn(browser, scene.ada, { viewport: WIDE, colorScheme });
    await shoot(wide, { ...thread, name: `room-${colorScheme}` });
    const phone = await logIn(browser, scene.ada, { viewport: PHONE, colorScheme, deviceScaleFactor: 2, hasTouch: true });
    await shoot(phone, { ...room, name: `phone-${colorScheme}` });
  }
} finally {
  await browser.close();
}
