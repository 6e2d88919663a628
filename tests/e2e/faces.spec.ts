import AxeBuilder from '@axe-core/playwright';
import { allow, type Page, expect as plain, test } from './watched.js';
import { KEEPER } from './keeper.js';
import { arrive, composer, fresh, logIn, makeRoom, openRoom, type Person, row, say, side, still } from './people.js';

test.describe.configure({ timeout: 240_000 });
const expect = plain.configure({ timeout: 45_000 });

let ana: Person;
let ben: Person;

test.beforeEach(async ({ browser }) => {
  // What was deleted while it stood on a screen is not there when it is asked for; and the trace of a test wants to read the
  // picture that is being cut, which the page's policy does not let it.
  allow(/^answer: 404 GET \/media\//, /'blob:/, /policy: connect-src forbids blob/);
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

/** A picture as a file: a sun over the sea. */
async function sunset(page: Page, width: number, height: number): Promise<Buffer> {
  const bytes = await page.evaluate(
    async ([wide, high]) => {
      const canvas = new OffscreenCanvas(wide, high);
      const pen = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      const sky = pen.createLinearGradient(0, 0, 0, high);
      for (const [at, colour] of [[0, '#274c77'], [0.55, '#e0a458'], [0.56, '#1d3557'], [1, '#0b1d33']] as const) sky.addColorStop(at, colour);
      pen.fillStyle = sky;
      pen.fillRect(0, 0, wide, high);
      pen.fillStyle = '#fff3c4';
      pen.beginPath();
      pen.arc(wide * 0.6, high * 0.42, high * 0.12, 0, 7);
      pen.fill();
      return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())];
    },
    [width, height] as const,
  );
  return Buffer.from(bytes);
}

/** Each of these has come, and is no placeholder. */
async function expectPictures(page: Page, selector: string): Promise<void> {
  await expect(page.locator(selector).first()).toBeVisible();
  await expect
    .poll(() => page.locator(selector).evaluateAll((all) => all.every((one) => (one as HTMLImageElement).complete && (one as HTMLImageElement).naturalWidth > 0)))
    .toBe(true);
}

async function expectClean(page: Page, part: string): Promise<void> {
  await still(page);
  expect((await new AxeBuilder({ page }).include(part).analyze()).violations).toEqual([]);
}

test('a picture is cut to a face and to that of a room, and another person sees both at once', async () => {
  const { page } = ana;
  await makeRoom(page, 'harbour', 'Private');
  await say(page, `/invite @${ben.username} `);
  await expect(side(ben.page).getByRole('link', { name: /harbour/ })).toBeVisible();
  await openRoom(ben.page, 'harbour');
  await say(page, 'who am I?');
  const mine = row(ben.page, 'who am I?');
  await expect(mine.locator('.avatar')).toBeVisible();
  await expect(mine.locator('.avatar img')).toHaveCount(0);

  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Add a picture' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your picture' });
  const chosen = dialog.locator('input[type=file]');
  await chosen.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
  await expect(dialog.getByRole('alert')).toContainText('not a picture');
  await expectClean(page, 'dialog');
  await chosen.setInputFiles({ name: 'sunset.png', mimeType: 'image/png', buffer: await sunset(page, 1200, 800) });
  const stage = dialog.getByRole('application');
  await expect(stage).toBeFocused();
  const moved = (): Promise<string | null> => stage.locator('img').getAttribute('style');
  const before = await moved();
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowRight');
  expect(await moved()).not.toBe(before);
  await expectClean(page, 'dialog');
  await dialog.getByRole('button', { name: 'Use picture' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Change picture' })).toBeFocused();
  await expectPictures(page, '.profile-picture .avatar img');
  await expectPictures(ben.page, 'article .avatar img');

  await page.goto('/');
  await openRoom(page, 'harbour');
  await page.getByRole('button', { name: 'More about this room' }).click();
  await page.getByText('Room settings').click();
  await page.getByRole('button', { name: 'Add a picture' }).click();
  const of_room = page.getByRole('dialog', { name: 'Picture of the room' });
  await of_room.locator('input[type=file]').setInputFiles({ name: 'harbour.png', mimeType: 'image/png', buffer: await sunset(page, 300, 500) });
  await of_room.getByRole('button', { name: 'Use picture' }).click();
  await expect(of_room).toHaveCount(0);
  await expectPictures(ben.page, '.room-row .has-face img');
  await expect(ben.page.getByText('changed the picture')).toBeVisible();
});

test('an admin adds an emoji and a sticker; others write, react and send them, until they are gone', async ({ browser }) => {
  const context = await browser.newContext();
  const keeper = await context.newPage();
  const name = fresh('sun_').toLowerCase();
  const pack = fresh('Seaside ');
  await logIn(keeper, KEEPER);
  await keeper.goto('/admin/emoji');
  await keeper.getByLabel('Picture of the emoji').setInputFiles({ name: 'Sun.png', mimeType: 'image/png', buffer: await sunset(keeper, 300, 300) });
  await keeper.getByLabel('Name').fill('smile');
  await keeper.getByRole('button', { name: 'Add emoji' }).click();
  await expect(keeper.getByRole('alert')).toContainText('everybody has');
  await keeper.getByLabel('Name').fill(name);
  await keeper.getByRole('button', { name: 'Add emoji' }).click();
  await expect(keeper.getByRole('button', { name: `Delete :${name}:` })).toBeVisible();
  await expectClean(keeper, 'main');
  await keeper.goto('/admin/stickers');
  await keeper.getByLabel('New pack').fill(pack);
  await keeper.getByRole('button', { name: 'Make the pack' }).click();
  await keeper.getByLabel(`Pictures for ${pack}`).setInputFiles({ name: 'Good evening.png', mimeType: 'image/png', buffer: await sunset(keeper, 400, 400) });
  await expect(keeper.getByRole('img', { name: 'Good evening' })).toBeVisible();
  await expectClean(keeper, 'main');

  await makeRoom(ana.page, 'harbour', 'Private');
  await say(ana.page, `/invite @${ben.username} `);
  await expect(side(ben.page).getByRole('link', { name: /harbour/ })).toBeVisible();
  await openRoom(ben.page, 'harbour');
  await say(ana.page, `what a sky :${name}: and :no_such_thing:`);
  const seen = ben.page.locator('article[data-state]').filter({ hasText: 'what a sky' });
  await expectPictures(ben.page, `article img[alt=":${name}:"]`);
  await expect(seen).toContainText(':no_such_thing:');
  // By the first letters of its name, as any other; alone it is large.
  await composer(ben.page).pressSequentially(`:${name.slice(0, 7)}`);
  await ben.page.getByRole('option', { name: new RegExp(name) }).click();
  await composer(ben.page).press('Enter');
  await expectPictures(ana.page, `.msg-emoji img[alt=":${name}:"]`);
  await seen.hover();
  await seen.getByRole('button', { name: 'React', exact: true }).click();
  await ben.page.getByRole('combobox', { name: 'Find an emoji' }).fill(name);
  await ben.page.keyboard.press('Enter');
  await expect(ana.page.getByRole('button', { name: new RegExp(`:${name}: 1: ${ben.username}`) }).locator('img')).toBeVisible();
  await ben.page.getByRole('button', { name: 'Add a file, a poll or a sticker' }).click();
  await ben.page.getByText('Sticker', { exact: true }).click();
  await ben.page.getByRole('button', { name: pack }).click();
  await ben.page.getByRole('button', { name: 'Good evening' }).click();
  await expectPictures(ana.page, 'img[alt="Sticker: Good evening"]');

  await keeper.getByRole('button', { name: `Delete the pack ${pack}` }).click();
  await keeper.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(keeper.getByRole('heading', { name: pack })).toHaveCount(0);
  await keeper.goto('/admin/emoji');
  await keeper.getByRole('button', { name: `Delete :${name}:` }).click();
  await keeper.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(keeper.getByRole('button', { name: `Delete :${name}:` })).toHaveCount(0);
  await expect(ana.page.locator(`img[alt=":${name}:"]`)).toHaveCount(0);
  await expect(ana.page.getByText(`what a sky :${name}:`)).toBeVisible();
  // A browser that has shown it keeps it for a day; another one gets its name.
  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await logIn(other, ben.username);
  await openRoom(other, 'harbour');
  await expect(other.getByText(':good-evening:')).toBeVisible();
  await elsewhere.close();
  await context.close();
});
