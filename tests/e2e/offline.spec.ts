import { arrive, composer, fresh, keptLogs, logIn, logOut, openRoom, PASSWORD, type Person, row, say, side, STORED, texts } from './people.js';
import { ask, logIn as logInByApi, type Login, register } from './protocol_client.js';
import { Proxy } from './proxy.js';
import { allow, expect, type Page, test } from './watched.js';

test.describe.configure({ timeout: 240_000 });

let proxy: Proxy;
let ana: Person;
/** Ben writes by the API: he needs no screen. */
let ben: Login;
let talk: { id: string; name: string };
/** Ana is in it and has never looked at it. */
let quiet: { id: string; name: string };
let base: string;

test.beforeEach(async ({ browser, baseURL }) => {
  base = baseURL!;
  // The line is cut in the middle of things, and what is asked meanwhile fails.
  allow(/^failed: net::ERR_/, /^console: (WebSocket connection|Failed to load)/, /^answer: 401 /);
  proxy = await Proxy.to(base);
  ana = await arrive(browser, 'ana', { url: proxy.url });
  ben = await register(base, fresh('ben'), PASSWORD);
  talk = await ask(base, 'POST', '/rooms', { token: ben.access_token, body: { kind: 'public', name: fresh('harbour') } });
  quiet = await ask(base, 'POST', '/rooms', { token: ben.access_token, body: { kind: 'public', name: fresh('quiet') } });
  const { access_token } = await logInByApi(base, ana.username, PASSWORD);
  for (const room of [talk, quiet]) await ask(base, 'POST', `/rooms/${room.id}/join`, { token: access_token });
  await tell('the tide is in', 'two boats came');
  await openRoom(ana.page, talk.name);
  await expect(row(ana.page, 'two boats came')).toBeVisible();
  await ready(ana.page);
});

test.afterEach(async () => {
  await ana.context.close();
  await proxy.close();
});

async function tell(...words: string[]): Promise<void> {
  for (const body of words) {
    const cmid = crypto.randomUUID();
    await ask(base, 'POST', `/rooms/${talk.id}/messages`, { token: ben.access_token, body: { cmid, body } });
  }
}

/** The worker has the client, and the device the room. */
async function ready(page: Page, word = 'two boats came'): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect.poll(async () => (await keptLogs(page)).join('')).toContain(word);
}

test('without a server the rooms are there, what is written waits, and what was missed comes', async () => {
  const { page } = ana;
  proxy.cut();
  await page.reload();
  await expect(row(page, 'two boats came')).toBeVisible();
  await expect(side(page).getByRole('link', { name: new RegExp(talk.name) })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: talk.name })).toBeVisible();
  await expect(page.getByText('Reconnecting…')).toBeVisible();
  await say(page, 'mine from the sea');
  await expect(row(page, 'mine from the sea')).toHaveAttribute('data-state', 'pending');
  await composer(page).fill('half a thought');
  // A room never opened here says so, and the one that was is shown again.
  await side(page).getByRole('link', { name: new RegExp(quiet.name) }).click();
  await expect(page.getByText('These messages are not on this device yet.')).toBeVisible();
  await side(page).getByRole('link', { name: new RegExp(talk.name) }).click();
  // On a phone the list knows what was said last.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('link', { name: 'Back to all rooms' }).click();
  await expect(side(page).getByRole('link', { name: new RegExp(talk.name) }).locator('.side-last')).toContainText('two boats came');
  await page.goBack();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.reload();
  await expect(row(page, 'mine from the sea')).toHaveAttribute('data-state', 'pending');
  await expect(composer(page)).toHaveValue('half a thought');
  const first = row(page, 'the tide is in');
  await first.evaluate((node) => node.setAttribute('data-same', 'yes'));

  await tell('the tide is out');
  proxy.restore();
  await expect(row(page, 'mine from the sea')).toHaveAttribute('data-state', STORED);
  await expect(row(page, 'the tide is out')).toBeVisible();
  expect(await texts(page)).toEqual(['the tide is in', 'two boats came', 'the tide is out', 'mine from the sea']);
  await expect(first).toHaveAttribute('data-same', 'yes');
  await expect(page.getByText('Reconnecting…')).toBeHidden();
});

test('what was never opened opens without a server, too', async () => {
  const { page } = ana;
  const broken = page.getByText('This part of the page broke.');
  // The worker has all of the client: nothing below is fetched when it is needed.
  await expect
    .poll(() => page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).length))).reduce((a, b) => a + b, 0)))
    .toBeGreaterThan(100);
  proxy.cut();
  await page.reload();
  await say(page, 'mine from the sea');
  await row(page, 'mine from the sea').getByRole('button', { name: 'Sending' }).click();
  await expect(page.getByRole('heading', { name: 'Where is my message?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await composer(page).pressSequentially('@a');
  await composer(page).fill('');
  await page.getByRole('button', { name: 'Emoji', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Emoji' })).toBeVisible();
  await page.keyboard.press('Escape');
  for (const [keys, shown] of [
    ['Control+/', 'Keyboard shortcuts'],
    ['Control+f', 'Search'],
  ] as const) {
    await page.keyboard.press(keys);
    await expect(page.getByRole('heading', { name: shown })).toBeVisible();
    await page.keyboard.press('Escape');
  }
  for (const path of ['unread', 'activity', 'threads', 'people', 'drafts', 'later', 'settings/profile', 'settings/appearance']) {
    // Within the page, as a link does it.
    await page.evaluate((to) => history.pushState(null, '', to), `/${path}`);
    await expect(page.getByRole('heading', { level: 1 }).first(), path).toBeVisible();
    await expect(page.locator('main[aria-busy="true"]'), path).toHaveCount(0);
    await expect(broken, path).toHaveCount(0);
  }
  proxy.restore();
});

test('it can be installed, starts from the device, tells of a new version, and forgets whoever logs out', async () => {
  const { page } = ana;
  await test.step('the manifest and its icons', async () => {
    const href = await page.locator('link[rel=manifest]').getAttribute('href');
    const manifest = await page.evaluate(async (url) => (await fetch(url!)).json(), href);
    expect(manifest).toMatchObject({ name: 'Parley', display: 'standalone', start_url: '/', scope: '/' });
    const touch = await page.locator('link[rel=apple-touch-icon]').getAttribute('href');
    const icons = [...(manifest.icons as { src: string; sizes: string; purpose?: string }[]), { src: touch!, sizes: '180x180' }];
    const sizes = await page.evaluate(
      (urls) =>
        Promise.all(
          urls.map(async (url) => {
            const image = new Image();
            image.src = url;
            await image.decode();
            return `${image.naturalWidth}x${image.naturalHeight}`;
          }),
        ),
      icons.map((icon) => icon.src),
    );
    for (const [i, icon] of icons.entries()) if (icon.sizes !== 'any') expect(sizes[i]).toBe(icon.sizes);
    expect(icons.filter((icon) => icon.purpose === 'maskable')).toHaveLength(1);
  });

  await test.step('a warm start draws the room before the server has said a word', async () => {
    let asked = false;
    let hold = (): void => {};
    const held = new Promise<void>((resolve) => {
      hold = resolve;
    });
    await ana.context.route(/\/api\//, async (route) => {
      asked = true;
      await held;
      await route.continue().catch(() => {});
    });
    await page.reload();
    await expect(row(page, 'two boats came')).toBeVisible();
    await expect.poll(() => asked).toBe(true);
    expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    hold();
    await expect(page.getByText('Reconnecting…')).toBeHidden();
  });

  await test.step('a new version', async () => {
    const note = page.getByText('A new version is ready.');
    await expect(note).toBeHidden();
    await composer(page).fill('not to be lost');
    proxy.worker_tail = '\n// another\n';
    await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
    await expect(note).toBeVisible();
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Reload' }).click();
    await loaded;
    await expect(composer(page)).toHaveValue('not to be lost');
    await expect(row(page, 'two boats came')).toBeVisible();
    await expect(note).toBeHidden();
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting)).toBeNull();
  });

  await test.step('logging out', async () => {
    await ready(page);
    await logOut(page);
    await expect.poll(() => keptLogs(page)).toEqual([]);
    const stored = await page.evaluate(async () => {
      const names = await caches.keys();
      const urls = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((one) => one.url)));
      return urls.flat().map((url) => new URL(url).pathname);
    });
    expect(stored.filter((path) => /^\/(api|media|ws)\b/.test(path))).toEqual([]);
    proxy.cut();
    await page.reload();
    await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
    await expect(page.getByText('two boats came')).toHaveCount(0);
    proxy.restore();
    const other = fresh('cleo');
    await register(base, other, PASSWORD);
    await logIn(page, other);
    await expect(side(page).getByRole('link', { name: new RegExp(talk.name) })).toHaveCount(0);
    await page.goto(`/r/${talk.id}`);
    await expect(page.getByRole('button', { name: 'Join' })).toBeVisible();
    await expect(page.getByText('two boats came')).toHaveCount(0);
  });
});
