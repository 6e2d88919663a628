import { Line } from './line.js';
import { composer, row, say, STORED } from './people.js';
import { png } from './png.js';
import { dmOf, enter, forAll, type Guest, write } from './seed.js';
import { allow, expect, type Locator, type Page, test } from './watched.js';

let ana: Guest;
let ben: Guest;
let dm: string;

test.beforeEach(async ({ browser }) => {
  ana = await enter(browser, 'ana');
  ben = await enter(browser, 'ben');
  dm = await dmOf(ana, ben);
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

async function open(...people: Guest[]): Promise<void> {
  for (const { page } of people) {
    await page.goto(`/r/${dm}`);
    await expect(composer(page)).toBeVisible();
  }
}

/** How far above the end of the timeline the view stands. */
const fromEnd = (page: Page): Promise<number> =>
  page.locator('.timeline').evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));

test('detail 18: emoji are completed from their names, taken by Enter, left alone in code, and have my tone', async () => {
  await open(ana);
  const { page } = ana;
  const box = composer(page);
  await box.pressSequentially('well :smil');
  const offered = page.getByRole('listbox').getByRole('option');
  await expect(offered.first()).toHaveAttribute('aria-selected', 'true');
  await box.press('Enter');
  await expect(box).toHaveValue(/^well \p{Extended_Pictographic} $/u);
  // In code, in an address and at the time of day it is text.
  for (const text of ['`:smile', 'at 10:30', 'https://a.example:smile', '```\n:smile']) {
    await box.fill('');
    await box.pressSequentially(text.slice(0, 3));
    await box.fill(text);
    await expect(page.getByRole('listbox')).toHaveCount(0);
  }
  await box.fill('done ');
  await page.getByRole('button', { name: 'Emoji', exact: true }).click();
  const find = page.getByRole('combobox', { name: 'Find an emoji' });
  await page.getByRole('button', { name: /^Tone of skin/ }).click();
  await page.getByRole('group', { name: 'Tone of skin' }).getByRole('button', { name: 'Dark', exact: true }).click();
  await find.fill('thumbs up');
  await expect(page.getByRole('option', { name: /^thumbs up/ }).first()).toHaveAttribute('aria-selected', 'true');
  await find.press('Enter');
  await expect(box).toHaveValue('done 👍🏿');
  await box.press('Enter');
  await expect(row(page, 'done 👍🏿')).toHaveAttribute('data-state', STORED);
});

test('detail 18: an emoticon becomes an emoji behind a space and by sending, undo takes it back, a setting leaves them', async () => {
  await open(ana);
  const { page } = ana;
  const box = composer(page);
  await box.pressSequentially('hi :) there');
  await expect(box).toHaveValue('hi 🙂 there');
  await box.fill('');
  await box.pressSequentially('hi :) ');
  for (let undone = 0; undone < 3 && (await box.inputValue()) !== 'hi :)'; undone++) await box.press('Control+z');
  await expect(box).toHaveValue('hi :)');
  await box.fill('');
  await box.pressSequentially('`:) ` and :D');
  await box.press('Enter');
  const sent = page.locator('article[data-state]').filter({ hasText: 'and 😃' });
  await expect(sent).toHaveAttribute('data-state', STORED);
  await expect(sent.locator('code')).toHaveText(/:\)/);
  await page.goto('/settings/writing');
  await page.getByRole('checkbox', { name: /^Make emoji of :\)/ }).uncheck();
  await open(ana);
  await box.pressSequentially('plain :) ');
  await expect(box).toHaveValue('plain :) ');
  await box.press('Enter');
  await expect(row(page, 'plain :)')).toHaveAttribute('data-state', STORED);
});

/** A picture of one grey. */
const picture = (width: number, height: number, grey: number): Buffer =>
  png(
    width,
    Array.from({ length: height }, () => [grey]),
  );

test('detail 26: a picture opens large by Enter, the arrows go through those of the room, Esc and Back return', async () => {
  await open(ana);
  const { page } = ana;
  const { keyboard } = page;
  for (const [at, name] of ['dawn.png', 'noon.png', 'dusk.png'].entries()) {
    await composer(page).evaluate(
      (box, { name, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], name, { type: 'image/png' }));
        box.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
      },
      { name, bytes: [...picture(320, 200, 60 + 70 * at)] },
    );
    await expect(page.getByRole('list', { name: 'Attached' }).getByRole('img', { name })).toBeVisible();
    await say(page, `the ${name}`);
    await expect(row(page, `the ${name}`)).toHaveAttribute('data-state', STORED);
  }
  const address = page.url();
  const small = (name: string): Locator => page.getByRole('button', { name: `Picture ${name}` });
  const large = (name: string): Locator => page.getByRole('dialog', { name: new RegExp(`^Picture ${name}`) });
  await expect(small('noon.png')).toBeEnabled();
  await small('noon.png').focus();
  await keyboard.press('Enter');
  await expect(large('noon.png')).toBeVisible();
  await expect(large('noon.png').getByRole('img', { name: 'noon.png' })).toBeVisible();
  await expect(large('noon.png').getByRole('link', { name: 'Download noon.png' })).toHaveAttribute('href', /\/media\/files\//);
  await keyboard.press('ArrowRight');
  await expect(large('dusk.png')).toBeVisible();
  await keyboard.press('ArrowLeft');
  await keyboard.press('ArrowLeft');
  await expect(large('dawn.png')).toBeVisible();
  await keyboard.press('+');
  await expect(large('dawn.png').getByRole('img')).toHaveAttribute('style', /scale\(1\.5\)/);
  // The focus stays within.
  for (let n = 0; n < 8; n++) {
    await keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') != null)).toBe(true);
  }
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(small('noon.png')).toBeFocused();
  await expect(page).toHaveURL(address);

  await keyboard.press('Enter');
  await expect(large('noon.png')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).toHaveURL(address);
  await expect(small('noon.png')).toBeFocused();
});

test('detail 27: an edit keeps its place, is taken back, updates its quote, and waits while the line is down', async () => {
  const { seq } = await write(ana, dm, 'the kettle is broken');
  await ben.call('POST', `/rooms/${dm}/messages`, { cmid: crypto.randomUUID(), body: 'I will bring mine', quote: seq });
  await open(ana, ben);
  const box = ana.page.getByRole('textbox', { name: 'Edit your message' });
  const edit = async (text: string): Promise<void> => {
    await composer(ana.page).press('ArrowUp');
    await box.fill(text);
    await box.press('Enter');
    await expect(box).toHaveCount(0);
  };
  const quote = row(ben.page, 'I will bring mine').locator('.quote');

  await test.step('the same element, in the same place, and the quote of it follows', async () => {
    await row(ana.page, 'the kettle is broken').first().evaluate((one) => Object.assign(globalThis, { edited: one }));
    await edit('the kettle sings');
    await expect(row(ben.page, 'the kettle sings').first()).toContainText('(edited)');
    await expect(quote).toContainText('the kettle sings');
    expect(await ana.page.evaluate(() => (globalThis as unknown as { edited: Element }).edited.isConnected)).toBe(true);
  });

  await test.step('it is taken back', async () => {
    await ana.page.getByRole('button', { name: 'Undo' }).click();
    await expect(quote).toContainText('the kettle is broken');
    await expect(row(ana.page, 'the kettle is broken').first()).toBeVisible();
  });

  await test.step('made without a line it is shown, survives a reload, and is saved once there is one', async () => {
    allow(/^failed: net::ERR_INTERNET_DISCONNECTED /, /^failed: net::ERR_FAILED /, /ERR_INTERNET_DISCONNECTED/);
    const api = '**/api/v1/rooms/*/messages/*';
    await ana.context.route(api, (route) => (route.request().method() === 'PATCH' ? route.abort('internetdisconnected') : route.continue()));
    await edit('the kettle waits');
    await expect(row(ana.page, 'the kettle waits').first()).toBeVisible();
    await expect(ana.page.getByText('Your edit is saved as soon as the line is back.')).toBeVisible();
    await ana.page.reload();
    await expect(row(ana.page, 'the kettle waits').first()).toBeVisible();
    await expect(quote).toContainText('the kettle is broken');
    await edit('the kettle waited');
    await ana.context.unroute(api);
    await expect(quote).toContainText('the kettle waited');
    // Nothing is left to be saved, and what is there is what the server has.
    await expect.poll(() => ana.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('parley.edits')))).toEqual([]);
    const { events } = await ben.call<{ events: { seq: number; body: string }[] }>('GET', `/rooms/${dm}/messages?after=${seq - 1}&limit=1`);
    expect(events[0]!.body).toBe('the kettle waited');
    const { edits } = await ben.call<{ edits: { body: string }[] }>('GET', `/rooms/${dm}/messages/${seq}/edits`);
    expect(edits.map(({ body }) => body)).not.toContain('the kettle waits');
  });
});

test('detail 28: reactions that race end as the server has them, name who reacted, and move nobody from the end', async () => {
  await forAll(Array.from({ length: 30 }, (_, n) => `line ${n}`), (text) => write(ana, dm, text), 1);
  const { seq } = await write(ana, dm, 'who comes?');
  // Answers take their time, each another.
  for (const { context } of [ana, ben]) {
    await context.route('**/reactions', async (route) => {
      const answer = await route.fetch();
      await new Promise((done) => setTimeout(done, Math.random() * 60));
      await route.fulfill({ response: answer });
    });
  }
  await open(ana, ben);
  const quick = async (page: Page): Promise<void> => {
    const message = row(page, 'who comes?');
    for (let n = 0; n < 25; n++) {
      // What comes and goes below the message moves its tools.
      await message.hover();
      await message.getByRole('button', { name: 'React with 👍', exact: true }).click();
    }
  };
  await Promise.all([quick(ana.page), quick(ben.page)]);
  // An odd number of presses: both have reacted.
  const chip = (page: Page): Locator => row(page, 'who comes?').getByRole('button', { name: /^👍 \d/ });
  for (const { page } of [ana, ben]) {
    await expect(chip(page)).toHaveText(/2/);
    await expect(chip(page)).toHaveAccessibleName(new RegExp(`${ana.username}|${ben.username}`));
    await expect.poll(() => fromEnd(page)).toBeLessThanOrEqual(2);
  }
  await chip(ana.page).hover();
  await expect(chip(ana.page)).toContainText(ben.username);
  const { events } = await ana.call<{ events: { seq: number; state?: { reactions?: { emoji: string; users: string[] }[] } }[] }>(
    'GET',
    `/rooms/${dm}/messages?after=${seq - 1}&limit=1`,
  );
  expect(events[0]!.state?.reactions?.map(({ emoji, users }) => [emoji, [...users].sort()])).toEqual([['👍', [ana.id, ben.id].sort()]]);
});

test('detail 29: who types is seen, told seldom, and gone with the message, the line or the block', async () => {
  const line = await Line.of(ben.context);
  const told: unknown[] = [];
  line.sends = (frame) => {
    if (frame.t === 'typing') told.push(frame.on);
    return undefined;
  };
  await open(ana, ben);
  const typing = ana.page.getByText(`${ben.username} is typing…`);
  const height = (): Promise<number> => ana.page.locator('.timeline').evaluate((box) => box.clientHeight);
  const before = await height();
  const began = Date.now();
  await composer(ben.page).pressSequentially('let me think about the kettle');
  await expect(typing).toBeVisible();
  // Its place was there before: nothing has moved.
  expect(await height()).toBe(before);
  // Thirty keys were told once, and once more every three seconds that they took.
  expect(told.length).toBeLessThanOrEqual(1 + Math.floor((Date.now() - began) / 3_000));
  expect(told).toContain(true);
  await expect(ben.page.getByText(/is typing…/)).toHaveCount(0);
  await composer(ben.page).press('Enter');
  await expect(row(ana.page, 'let me think about the kettle')).toBeVisible();
  await expect(typing).toHaveCount(0);

  // Gone without a word: that ends by itself, sooner than anybody would wait.
  await composer(ben.page).pressSequentially('and');
  await expect(typing).toBeVisible();
  await line.cut();
  await expect(typing).toHaveCount(0, { timeout: 15_000 });
  line.restore();
  await write(ana, dm, 'still there?');
  await expect(row(ben.page, 'still there?')).toBeVisible();

  await ana.call('PUT', `/me/blocks/${ben.id}`);
  await expect(ana.page.getByText(/blocked/i).first()).toBeVisible();
  await composer(ben.page).pressSequentially(' more');
  await expect.poll(() => told.filter((on) => on === true).length).toBeGreaterThan(2);
  await expect(typing).toHaveCount(0);
});

test('detail 33: while messages pour in every key arrives, in its order, and the view stays at the end', async () => {
  await open(ana);
  const { page } = ana;
  const words = 'The quick brown fox jumps over the lazy dog, and nobody hears it. '.repeat(2);
  const poured = forAll(Array.from({ length: 120 }, (_, n) => `busy ${n}`), (text) => write(ben, dm, text), 2);
  await composer(page).pressSequentially(words);
  await expect(composer(page)).toHaveValue(words);
  await poured;
  await expect(page.locator('article[data-state]')).toHaveCount(120);
  await expect(composer(page)).toHaveValue(words);
  await expect(composer(page)).toBeFocused();
  // It has become higher by lines, and a key measures it anew each time.
  await expect.poll(() => fromEnd(page)).toBeLessThanOrEqual(2);
});
