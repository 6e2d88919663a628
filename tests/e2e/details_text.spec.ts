import { expect, type Page, test } from './watched.js';
import { HOSTILE, SNIPPETS } from './corpus.js';
import { composer, row } from './people.js';
import { beyond, enter, forAll, type Guest, roomOf, write } from './seed.js';

let ana: Guest;

test.afterEach(async () => {
  await ana.context.close();
});

/** What a browser does when a text has become more than a text. */
async function watch(page: Page, origin: string): Promise<string[]> {
  const broken: string[] = [];
  page.on('dialog', (dialog) => {
    broken.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) broken.push(request.url());
  });
  await page.exposeFunction('brokenPolicy', (what: string) => broken.push(what));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      (globalThis as unknown as { brokenPolicy: (what: string) => void }).brokenPolicy(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return broken;
}

/** Every row that comes into the page while it is read from its end to its beginning, looked at once. */
async function readAll(page: Page, first: string, look: () => Promise<void>): Promise<void> {
  await expect(page.locator('article[data-state]').first()).toBeVisible();
  await look();
  await expect
    .poll(
      async () => {
        const before = await page.locator('article[data-state]').first().getAttribute('data-msg-seq');
        if (before === first) return true;
        await page.locator('.timeline').evaluate((box) => {
          box.scrollTop = 0;
        });
        await look();
        return false;
      },
      { timeout: 90_000, intervals: [50] },
    )
    .toBe(true);
}

/** The links in the page whose words name another place than they lead to, and do not say so. */
const liars = (page: Page): Promise<string[]> =>
  page.locator('.msg-text a[target=_blank]').evaluateAll((all) =>
    all.flatMap((one) => {
      const link = one as HTMLAnchorElement;
      const goal = new URL(link.href);
      const place = goal.protocol === 'mailto:' ? goal.pathname : goal.host.replace(/^www\./, '');
      const words = link.textContent ?? '';
      // What a reader takes for an address: letters, a dot, letters, in whatever script and with nothing between that is not seen.
      const seen = words.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(/。/g, '.');
      const claims = /[\p{L}\p{N}-]\.[\p{L}]/u.test(seen) || /\p{Bidi_Control}/u.test(words);
      const wrong = link.title !== link.href || !/^(https?|mailto):$/.test(goal.protocol);
      return wrong || (claims && !words.includes(place)) ? [`${words} -> ${link.href}`] : [];
    }),
  );

test('details 21 and 22: hostile text is only text, and code is what was written', async ({ baseURL, browser }) => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(200);
  ana = await enter(browser, 'ana');
  await ana.call('PATCH', '/me', { display_name: `שלום <b>${'W'.repeat(20)}` });
  const room = await roomOf(ana, [], `חדר <i>${'room'.repeat(8)}`);
  const first = await write(ana, room.id, HOSTILE[0]!);
  await forAll(HOSTILE.slice(1), (text) => write(ana, room.id, text));
  const { page } = ana;
  const broken = await watch(page, new URL(baseURL!).origin);

  await test.step('detail 22: nothing runs, nothing is fetched, nothing is wider than the page, no link lies', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`/r/${room.id}`);
    await expect(composer(page)).toBeVisible();
    const seen = new Set<string>();
    await readAll(page, String(first.seq), async () => {
      expect(await beyond(page)).toBe(0);
      expect(await liars(page)).toEqual([]);
      for (const seq of await page.locator('article[data-msg-seq]').evaluateAll((all) => all.map((one) => one.getAttribute('data-msg-seq')))) seen.add(String(seq));
    });
    expect(seen.size).toBe(HOSTILE.length);
    // Names cannot turn what stands beside them around.
    await expect(page.locator('.msg-who bdi').first()).toContainText('<b>WW');
    await expect(page.getByRole('heading', { level: 1 }).locator('bdi')).toContainText('<i>room');
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await beyond(page)).toBe(0);
  });

  await test.step('detail 21: twelve snippets are coloured, whole, and scroll within themselves', async () => {
    for (const [language, code] of SNIPPETS) await write(ana, room.id, `\`\`\`${language}\n${code}\n\`\`\``);
    await write(ana, room.id, 'inline `**not bold** <i>` stays');
    await page.reload();
    await expect(row(page, 'inline **not bold** <i> stays').locator('code')).toHaveText('**not bold** <i>');
    const blocks = page.locator('.msg-text pre').filter({ hasText: /\S/ });
    await expect.poll(async () => (await blocks.allTextContents()).slice(-SNIPPETS.length)).toEqual(SNIPPETS.map(([, code]) => code));
    // Each with a language has words of its grammar.
    await expect
      .poll(() => blocks.evaluateAll((all, count) => all.slice(-count).map((one) => one.querySelector('span[class^=hljs-]') !== null), SNIPPETS.length))
      .toEqual(SNIPPETS.map(([language]) => language !== ''));
    const wide = blocks.last();
    expect(await wide.evaluate((one) => one.scrollWidth > one.clientWidth || getComputedStyle(one).whiteSpace.includes('wrap'))).toBe(true);
    expect(await beyond(page)).toBe(0);
  });
  expect(broken).toEqual([]);
});
