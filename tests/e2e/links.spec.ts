import { createServer, type Server } from 'node:http';
import AxeBuilder from '@axe-core/playwright';
import { expect as plain, type Locator, type Page, test } from './watched.js';
import { arrive, composer, keptLogs, makeRoom, openRoom, say, side } from './people.js';
import { png } from './png.js';

test.describe.configure({ timeout: 180_000 });
const expect = plain.configure({ timeout: 45_000 });

// The worker that looks at links is allowed this one address of the machine: scripts/test-e2e.
const world = process.env.PARLEY_UNFURL_ALLOW ?? '127.0.0.2:18105';
let server: Server;

/** The message with these words in it. */
const row = (page: Page, words: string): Locator => page.locator('article[data-state]').filter({ hasText: words });

/** A picture of two colours, one above the other. */
const picture = (width: number, height: number): Buffer =>
  png(
    width,
    Array.from({ length: height }, (_, y) => (y < height * 0.6 ? [0x8e, 0xca, 0xe6] : [0x2a, 0x6f, 0x57])),
  );

test.beforeAll(async () => {
  const [host = '', port = ''] = world.split(':');
  server = createServer((request, response) => {
    if (request.url === '/lake.png') return void response.setHeader('content-type', 'image/png').end(picture(1200, 630));
    response.setHeader('content-type', 'text/html; charset=utf-8').end(
      `<!doctype html><title>no</title><meta property="og:title" content="The lake in the mountains, and how we found it">
       <meta property="og:site_name" content="Walks and Waters"><meta property="og:image" content="/lake.png">
       <meta property="og:description" content="Two days on foot, a hut that was closed, and water so clear that the boat seemed to hang in the air. With a map and the times of the last bus.">`,
    );
  });
  await new Promise<void>((listening) => server.listen(Number(port), host, listening));
});

test.afterAll(async () => {
  await new Promise((closed) => server.close(closed));
});

test('a link gets one card, which moves nobody and goes when its author takes it away', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const ben = await arrive(browser, 'ben');
  await makeRoom(ana.page, 'walks', 'Private');
  await say(ana.page, `/invite @${ben.username} `);
  await expect(side(ben.page).getByRole('link', { name: /walks/ })).toBeVisible();
  await openRoom(ben.page, 'walks');
  await say(ana.page, `look at http://${world}/lake and tell me`);
  const card = (page = ana.page) => page.getByRole('link', { name: /The lake in the mountains/ });
  await expect(card(ben.page)).toBeVisible();
  await expect(card()).toHaveAttribute('href', `http://${world}/lake`);
  await expect(card()).toHaveAttribute('rel', /noopener noreferrer/);
  await expect(card()).toContainText(`${world} · Walks and Waters`);
  // Its picture is there, and comes from us.
  const shown = card(ben.page).locator('img');
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(480);
  expect(await shown.getAttribute('src')).toMatch(/^\/media\/files\//);
  for (const page of [ana.page, ben.page]) {
    const found = await new AxeBuilder({ page }).include('.link-card').analyze();
    expect(found.violations).toEqual([]);
  }

  // Who reads at the end stays there when a card comes below the last message.
  await say(ben.page, `the same, http://${world}/lake?again`);
  const last = row(ana.page, 'the same');
  await expect(last.getByRole('link', { name: /The lake/ })).toBeInViewport({ ratio: 0.99 });

  // Others cannot take it away; its author can, from the card.
  const remove = (page = ana.page) => row(page, 'look at').getByRole('button', { name: 'Remove this preview' });
  await expect(remove(ben.page)).toHaveCount(0);
  await row(ana.page, 'look at').hover();
  await remove().click();
  await expect(row(ana.page, 'look at').locator('.link-card')).toHaveCount(0);
  await expect(row(ben.page, 'look at').locator('.link-card')).toHaveCount(0);
  // Whoever looks after the room, from the menu.
  await last.hover();
  await last.getByRole('button', { name: 'More' }).click();
  await ana.page.getByRole('menuitem', { name: 'Remove the preview' }).click();
  await expect(row(ben.page, 'the same').locator('.link-card')).toHaveCount(0);
  // The device knows it, too: what it keeps is drawn first, and would ask for a picture that is no more.
  const previewsKept = async (): Promise<number> =>
    (await keptLogs(ana.page)).flatMap((log) => JSON.parse(log).events).filter((event) => event.state?.preview !== undefined).length;
  await expect.poll(previewsKept).toBe(0);
  await ana.page.reload();
  await expect(composer(ana.page)).toBeVisible();
  await expect(row(ana.page, 'look at')).toBeVisible();
  await expect(ana.page.locator('.link-card')).toHaveCount(0);
  for (const one of [ana, ben]) {
    await one.context.close();
  }
});
