import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { allow, type Page, expect as plain, test } from './watched.js';
import { arrive, composer, makeRoom, openRoom, type Person, row, say, side, STORED } from './people.js';

test.describe.configure({ timeout: 240_000 });
const expect = plain.configure({ timeout: 45_000 });

let ana: Person;
let ben: Person;

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
  await makeRoom(ana.page, 'darkroom', 'Private');
  await say(ana.page, `/invite @${ben.username} `);
  await expect(side(ben.page).getByRole('link', { name: /darkroom/ })).toBeVisible();
  await openRoom(ben.page, 'darkroom');
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

interface Given {
  name: string;
  type: string;
  /** A picture of this size is drawn; a file of tests/service/media is read; else so many bytes. */
  draw?: [number, number];
  sample?: string;
  bytes?: number;
}

const sample = (name: string): string => readFileSync(resolve(import.meta.dirname, '../service/media', name), 'base64');

/** Pastes or drops files, as a browser tells a page of it. `text` comes along with what is pasted. */
async function give(page: Page, how: 'paste' | 'drop', given: Given[], text?: string): Promise<void> {
  await composer(page).evaluate(
    async (box, { how, given, text }) => {
      const data = new DataTransfer();
      for (const { name, type, draw, bytes, sample } of given) {
        let blob = new Blob([new Uint8Array(bytes ?? 0).map((_, place) => (place * 31) % 251)]);
        if (sample !== undefined) blob = new Blob([Uint8Array.from(atob(sample), (char) => char.charCodeAt(0))]);
        if (draw !== undefined) {
          const canvas = new OffscreenCanvas(...draw);
          const pen = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
          const sky = pen.createLinearGradient(0, 0, 0, draw[1]);
          for (const [at, colour] of [[0, '#274c77'], [0.55, '#e0a458'], [0.56, '#1d3557'], [1, '#0b1d33']] as const) sky.addColorStop(at, colour);
          pen.fillStyle = sky;
          pen.fillRect(0, 0, ...draw);
          pen.fillStyle = '#fff3c4';
          pen.beginPath();
          pen.arc(draw[0] * 0.7, draw[1] * 0.42, draw[1] * 0.09, 0, 7);
          pen.fill();
          blob = await canvas.convertToBlob({ type });
        }
        data.items.add(new File([blob], name, { type }));
      }
      if (text !== undefined) data.setData('text/plain', text);
      const told = { bubbles: true, cancelable: true };
      if (how === 'paste') return void box.dispatchEvent(new ClipboardEvent('paste', { ...told, clipboardData: data }));
      for (const kind of ['dragover', 'drop']) document.querySelector('main')?.dispatchEvent(new DragEvent(kind, { ...told, dataTransfer: data }));
    },
    { how, text, given: given.map((one) => ({ ...one, ...(one.sample === undefined ? {} : { sample: sample(one.sample) }) })) },
  );
}

const tray = (page: Page) => page.getByRole('list', { name: 'Attached' });
const picture = (page: Page, name: string) => page.getByRole('button', { name: `Picture ${name}` }).locator('img');

async function violationsOf(page: Page): Promise<unknown[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
}

/** Nothing that keeps anybody out, whatever the colours. */
async function expectOpenToAll(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Colours may be on their way from one to the other.
    await expect.poll(() => violationsOf(page), { message: colorScheme }).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** The picture has come, and stands whole within the page. */
async function expectSeen(page: Page, name: string): Promise<void> {
  const seen = picture(page, name);
  await seen.scrollIntoViewIfNeeded();
  await expect.poll(() => seen.evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0)).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  const box = await seen.boundingBox();
  expect(box?.width ?? 0).toBeGreaterThan(100);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
}

test('a picture by paste and an archive by drop come to the other person, and to nobody else', async ({ browser }) => {
  // Text wins: a cell of a table comes with its picture.
  await give(ana.page, 'paste', [{ name: 'image.png', type: 'image/png', draw: [40, 20] }], 'a cell');
  await expect(tray(ana.page)).toHaveCount(0);
  await give(ana.page, 'drop', [{ name: 'nothing.txt', type: 'text/plain', bytes: 0 }]);
  await expect(ana.page.getByRole('alert')).toContainText('“nothing.txt” is empty.');
  await give(ana.page, 'drop', Array.from({ length: 11 }, (_, n) => ({ name: `${n}.txt`, type: 'text/plain', bytes: 5 })));
  await expect(ana.page.getByRole('alert')).toContainText('10 files at most. “10.txt” was left out.');
  await expect(tray(ana.page).getByRole('listitem')).toHaveCount(10);
  // What is chosen stays while the page does.
  await ana.page.reload();
  await expect(composer(ana.page)).toBeVisible();
  await expect(tray(ana.page)).toHaveCount(0);

  await give(ana.page, 'paste', [{ name: 'harbour.png', type: 'image/png', draw: [1200, 800] }]);
  await expect(tray(ana.page).getByRole('img', { name: 'harbour.png' })).toBeVisible();
  await say(ana.page, 'the harbour');
  await expect(tray(ana.page)).toHaveCount(0);
  await expect(row(ana.page, 'the harbour')).toHaveAttribute('data-state', STORED);
  await expectSeen(ben.page, 'harbour.png');
  await ben.page.setViewportSize({ width: 390, height: 844 });
  await expectSeen(ben.page, 'harbour.png');
  await ben.page.setViewportSize({ width: 1280, height: 800 });

  await give(ana.page, 'drop', [{ name: 'plans.zip', type: 'application/zip', bytes: 70_000 }]);
  await expect(tray(ana.page).getByText('plans.zip')).toBeVisible();
  await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
  const link = ben.page.getByRole('link', { name: 'Download plans.zip' });
  await expect(link).toBeVisible();
  const [download] = await Promise.all([ben.page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toBe('plans.zip');
  expect(readFileSync(await download.path()).equals(Buffer.from(Uint8Array.from({ length: 70_000 }, (_, place) => (place * 31) % 251)))).toBe(true);

  // Large, and back to where it was.
  await ben.page.getByRole('button', { name: 'Picture harbour.png' }).click();
  const large = ben.page.getByRole('dialog', { name: /^Picture harbour\.png/ });
  await expect(large).toBeVisible();
  await ben.page.keyboard.press('+');
  await expect(large.getByRole('img')).toHaveAttribute('style', /scale\(1\.5\)/);
  await ben.page.keyboard.press('Escape');
  await expect(large).toHaveCount(0);
  await expect(ben.page.getByRole('button', { name: 'Picture harbour.png' })).toBeFocused();
  await expect(ben.page).toHaveURL(new URL(ana.page.url()).pathname);

  // All of the room in one place: by kind, by name, as it comes and goes, and the way to where it was said.
  await ben.page.getByRole('button', { name: 'Files of this room' }).click();
  const gallery = ben.page.getByRole('complementary', { name: 'Files of this room' });
  await expect(gallery.getByRole('button', { name: /^Picture harbour\.png/ })).toBeVisible();
  await give(ana.page, 'drop', [{ name: 'storm.png', type: 'image/png', draw: [600, 900] }]);
  await say(ana.page, 'a storm');
  const tiles = gallery.getByRole('button', { name: /^Picture / });
  await expect(tiles).toHaveCount(2);
  await expect(tiles.first()).toHaveAccessibleName(/storm\.png/);
  await expectOpenToAll(ben.page);
  await tiles.first().click();
  await ben.page.keyboard.press('ArrowRight');
  await expect(large).toBeVisible();
  await expectOpenToAll(ben.page);
  await ben.page.getByRole('button', { name: 'Show in the room' }).click();
  await expect(large).toHaveCount(0);
  await expect(row(ben.page, 'the harbour')).toBeInViewport();
  await gallery.getByRole('tab', { name: 'Documents' }).click();
  await expect(gallery.getByRole('link', { name: 'Download plans.zip' })).toBeVisible();
  await expect(tiles).toHaveCount(0);
  await gallery.getByRole('textbox', { name: 'Name of a file' }).fill('nothing of it');
  await expect(gallery.getByText('Nothing like that was found.')).toBeVisible();
  await gallery.getByRole('textbox', { name: 'Name of a file' }).fill('');
  await gallery.getByRole('tab', { name: 'All' }).click();
  await gallery.getByRole('button', { name: 'From anybody' }).click();
  await ben.page.getByRole('dialog', { name: 'Whose files' }).getByRole('button', { name: ana.username }).click();
  await expect(tiles).toHaveCount(2);
  await row(ana.page, 'a storm').hover({ position: { x: 400, y: 12 } });
  await row(ana.page, 'a storm').getByRole('button', { name: 'More' }).click();
  await ana.page.getByRole('menuitem', { name: 'Delete' }).click();
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(tiles).toHaveCount(1);
  await gallery.getByRole('button', { name: 'Close files' }).click();

  // Who knows its address and is not in the room: a stranger, and somebody who was removed.
  const address = await picture(ben.page, 'harbour.png').evaluate((one: HTMLImageElement) => one.currentSrc);
  expect(address).toContain('/media/files/');
  const statusFor = async (person: Person): Promise<number> => (await person.context.request.get(address)).status();
  const cem = await arrive(browser, 'cem');
  expect(await statusFor(cem)).toBe(404);
  expect(await statusFor(ben)).toBe(200);
  // His page asks for the room that it has no more.
  allow(/^answer: (403|404) GET /);
  const members = ana.page.getByRole('button', { name: /^Members/ });
  if ((await members.getAttribute('aria-pressed')) !== 'true') await members.click();
  await ana.page.getByRole('button', { name: `What can be done about ${ben.username}` }).click();
  await ana.page.getByRole('button', { name: 'Remove from the room' }).click();
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(side(ben.page).getByRole('link', { name: /darkroom/ })).toHaveCount(0);
  expect(await statusFor(ben)).toBe(404);
  expect(await statusFor(ana)).toBe(200);
  await cem.context.close();
});

test('an upload survives a reload, and leaves nothing when it is given up', async () => {
  allow(/^failed: net::ERR_FAILED PATCH \/media\/files\//, /^answer: 413 POST \/media\/files$/);
  // The bytes do not get through until they may.
  let through = false;
  await ana.context.route('**/media/files/*', async (route) => {
    if (route.request().method() === 'PATCH' && !through) return route.abort();
    await route.continue();
  });
  await give(ana.page, 'drop', [{ name: 'long.bin', type: '', bytes: 3_000_000 }]);
  await composer(ana.page).press('Enter');
  const bar = ana.page.getByRole('progressbar', { name: 'Uploading' });
  await expect(bar).toBeVisible();
  // What is written meanwhile does not wait for it.
  await say(ana.page, 'words meanwhile');
  await expect(row(ben.page, 'words meanwhile')).toBeVisible();
  await ana.page.reload();
  await expect(bar).toBeVisible();
  await expect(ben.page.getByText('long.bin', { exact: true })).toHaveCount(0);
  through = true;
  await expect(ben.page.getByText('long.bin', { exact: true })).toBeVisible();
  await expect(bar).toHaveCount(0);
  await expect(ana.page.locator('article[data-state]').filter({ hasText: 'long.bin' })).toHaveAttribute('data-state', STORED);
  await expect(ana.page.locator('article[data-state]').filter({ hasText: 'long.bin' })).toHaveCount(1);

  through = false;
  await give(ana.page, 'drop', [{ name: 'never.bin', type: '', bytes: 3_000_000 }]);
  const begun = ana.page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/media/files'));
  await composer(ana.page).press('Enter');
  await begun;
  const ended = ana.page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.url().includes('/media/files/'));
  await ana.page.getByRole('button', { name: 'Cancel' }).click();
  expect((await ended).status()).toBe(204);
  await expect(ana.page.getByText('never.bin', { exact: true })).toHaveCount(0);

  // No place for it: said in words, and there is a way on.
  through = true;
  await ana.context.route('**/media/files', (route) =>
    route.fulfill({ status: 413, contentType: 'application/json', body: '{"code":"quota_exceeded","message":"Full.","request_id":"1"}' }),
  );
  await give(ana.page, 'drop', [{ name: 'much.bin', type: '', bytes: 900 }]);
  await composer(ana.page).press('Enter');
  const refused = ana.page.locator('article[data-state]').filter({ hasText: 'much.bin' });
  await expect(refused.getByRole('alert')).toContainText('These files would take more space');
  await ana.context.unroute('**/media/files');
  await refused.getByRole('button', { name: 'Retry' }).click();
  await expect(ben.page.getByRole('link', { name: 'Download much.bin' })).toBeVisible();
});

test('a video, a document and a voice come as what they are, on a desk and on a phone', async ({ browser }) => {
  await give(ana.page, 'drop', [
    { name: 'clip.mp4', type: 'video/mp4', sample: 'clip.mp4' },
    { name: 'page.pdf', type: 'application/pdf', sample: 'page.pdf' },
    { name: 'storm.png', type: 'image/png', draw: [300, 200] },
  ]);
  await expect(tray(ana.page).getByRole('listitem')).toHaveCount(3);
  await expectOpenToAll(ana.page);
  await say(ana.page, 'all of it');
  await expect(row(ana.page, 'all of it')).toHaveAttribute('data-state', STORED);

  // Spoken: listened to before it is sent, and given up by a key.
  const microphone = ana.page.getByRole('button', { name: 'Record a voice message' });
  const voice = ana.page.getByRole('group', { name: 'Voice message' });
  await microphone.click();
  await expect(voice.getByRole('timer')).toHaveText('0:01');
  await ana.page.keyboard.press('Escape');
  await expect(voice).toHaveCount(0);
  await expect(composer(ana.page)).toBeFocused();
  await microphone.click();
  await expect(voice.getByRole('timer')).toHaveText('0:01');
  await expectOpenToAll(ana.page);
  await voice.getByRole('button', { name: 'Pause' }).click();
  await voice.getByRole('button', { name: 'Go on recording' }).click();
  await voice.getByRole('button', { name: 'Stop and listen' }).click();
  await voice.getByRole('button', { name: 'Play the voice message' }).click();
  await expect(voice.getByRole('button', { name: 'Pause the voice message' })).toBeVisible();
  await voice.getByRole('button', { name: 'Send the voice message' }).click();
  const spoken = (page: Page) => page.locator('article[data-state] .is-voice');
  await expect(spoken(ana.page)).toHaveCount(1);
  await expect(ana.page.locator('article[data-state]').filter({ has: ana.page.locator('.is-voice') })).toHaveAttribute('data-state', STORED);

  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, storageState: await ben.context.storageState() });
  const small = await phone.newPage();
  await small.goto(ben.page.url());
  for (const page of [ben.page, small]) {
    await expect(page.getByLabel('Video clip.mp4')).toHaveAttribute('poster', /large$/);
    await expect(page.getByRole('button', { name: 'First page of page.pdf' })).toBeVisible();
    await expect(spoken(page).locator('svg.file-wave')).toBeVisible();
    await expectSeen(page, 'storm.png');
    const wide = await page.evaluate(() => Math.max(...[...document.querySelectorAll('.files > *')].map((one) => one.getBoundingClientRect().right)));
    expect(wide).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  }
  await spoken(ben.page).getByRole('button', { name: 'Speed 1' }).click();
  await spoken(ben.page).getByRole('button', { name: 'Play the voice message' }).click();
  await expect.poll(() => spoken(ben.page).locator('audio').evaluate((one: HTMLAudioElement) => [one.playbackRate, one.currentTime > 0 || one.ended])).toEqual([1.5, true]);
  await phone.close();

  // In a thread, beside the room.
  await row(ben.page, 'all of it').hover({ position: { x: 400, y: 12 } });
  await row(ben.page, 'all of it').getByRole('button', { name: 'Reply in a thread' }).click();
  const thread = ben.page.getByRole('complementary', { name: 'Thread' });
  const box = thread.getByRole('textbox');
  await box.evaluate((field) => {
    const data = new DataTransfer();
    data.items.add(new File(['words'], 'answer.txt', { type: 'text/plain' }));
    field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
  });
  await expect(thread.getByText('answer.txt')).toBeVisible();
  await box.press('Enter');
  await ana.page.getByRole('button', { name: /1 reply/ }).click();
  await expect(ana.page.getByRole('complementary', { name: 'Thread' }).getByRole('link', { name: 'Download answer.txt' })).toBeVisible();

  // Words are put beside what came without any.
  await give(ana.page, 'drop', [{ name: 'bare.zip', type: 'application/zip', bytes: 90 }]);
  await ana.page.getByRole('main').getByRole('button', { name: 'Send', exact: true }).click();
  const bare = ana.page.getByRole('main').locator('article[data-state]').filter({ hasText: 'bare.zip' });
  await expect(bare).toHaveAttribute('data-state', STORED);
  await composer(ana.page).press('ArrowUp');
  await ana.page.getByRole('textbox', { name: 'Edit your message' }).fill('words after all');
  await ana.page.getByRole('textbox', { name: 'Edit your message' }).press('Enter');
  await expect(row(ben.page, 'words after all').getByText('bare.zip')).toBeVisible();

  // Sent at a time: uploaded before, and waiting with its message.
  await give(ana.page, 'drop', [{ name: 'dawn.png', type: 'image/png', draw: [300, 200] }]);
  await expect(tray(ana.page).getByRole('listitem')).toHaveCount(1);
  await ana.page.getByRole('main').getByRole('button', { name: 'Send later' }).click();
  await ana.page.getByRole('dialog', { name: 'Send it' }).getByRole('button', { name: /Tomorrow/ }).first().click();
  await expect(ana.page.getByText(/^It will be sent/)).toBeVisible();
  await expect(tray(ana.page)).toHaveCount(0);
  await ana.page.getByRole('link', { name: 'Show what waits' }).click();
  const waiting = ana.page.getByRole('region', { name: 'Scheduled' }).getByRole('article');
  await expect.poll(() => waiting.getByRole('img', { name: 'dawn.png' }).evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0)).toBe(true);
  await waiting.getByRole('button', { name: 'Send now' }).click();
  await expect(waiting).toHaveCount(0);
  await expectSeen(ben.page, 'dawn.png');
});
