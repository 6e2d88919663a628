import { crash, Line } from './line.js';
import { composer, logIn, row, say, side, STORED } from './people.js';
import { dmOf, enter, forAll, type Guest, roomOf, write } from './seed.js';
import { allow, expect, type Page, test } from './watched.js';

let ana: Guest;
let cem: Guest;
/** Ana's. */
let line: Line;

test.beforeEach(async ({ browser }) => {
  ana = await enter(browser, 'ana');
  cem = await enter(browser, 'cem');
  line = await Line.of(ana.context);
});

test.afterEach(async () => {
  for (const one of [ana, cem]) await one.context.close();
});

interface Told {
  seq: number;
  type: string;
  body: string;
  state?: { deleted?: boolean; edited_at?: number; reactions?: { emoji: string; count: number }[] };
}
const messagesOf = async (who: Guest, room: string, query: string): Promise<Told[]> =>
  (await who.call<{ events: Told[] }>('GET', `/rooms/${room}/messages?${query}`)).events.filter(({ type }) => type === 'message');

test('details 6 and 7: one row from the first echo on, and one message however often it goes out', async () => {
  const { page } = ana;
  const room = await dmOf(ana, cem);
  await page.goto(`/r/${room}`);
  await cem.page.goto(`/r/${room}`);
  await expect(composer(page)).toBeFocused();

  await test.step('detail 6: shown before the next frame, and the same element when it is stored', async () => {
    await page.evaluate(() => {
      const seen = { frames: 0, gone: 0 };
      Object.assign(globalThis, { seen });
      const look = (): void => {
        seen.frames++;
        if (document.querySelector('article[data-state=pending]') === null) requestAnimationFrame(look);
      };
      addEventListener('keydown', ({ key }) => key === 'Enter' && requestAnimationFrame(look), { capture: true });
      new MutationObserver((changes) => {
        for (const { removedNodes } of changes) for (const node of removedNodes) if (node instanceof Element && node.matches('article')) seen.gone++;
      }).observe(document.querySelector('.timeline')!, { childList: true, subtree: true });
    });
    line.receives = ({ t }) => t !== 'ack' && t !== 'event';
    await say(page, 'held up');
    await expect(row(page, 'held up')).toHaveAttribute('data-state', 'pending');
    const element = await row(page, 'held up').elementHandle();
    line.receives = () => true;
    await expect(row(page, 'held up')).toHaveAttribute('data-state', STORED);
    expect(await element!.evaluate((one) => one.isConnected)).toBe(true);
    expect(await page.evaluate(() => (globalThis as unknown as { seen: object }).seen)).toEqual({ frames: 1, gone: 0 });
  });

  await test.step('detail 7: stored, but the answer is lost and then the line', async () => {
    line.receives = ({ t }) => t !== 'ack' && t !== 'event';
    await say(page, 'only once');
    const stored = async (): Promise<number> => (await messagesOf(cem, room, 'limit=50')).filter(({ body }) => body === 'only once').length;
    await expect.poll(stored).toBe(1);
    await line.cut();
    await expect(row(page, 'only once')).toHaveAttribute('data-state', 'pending');
    line.receives = () => true;
    line.restore();
    await expect(row(page, 'only once')).toHaveAttribute('data-state', STORED);
    expect(await stored()).toBe(1);
    for (const one of [page, cem.page]) await expect(row(one, 'only once')).toHaveCount(1);
  });
});

/** Pastes a picture into the composer. */
const pastePicture = (page: Page, name: string): Promise<void> =>
  composer(page).evaluate(async (box, called) => {
    const canvas = new OffscreenCanvas(120, 80);
    canvas.getContext('2d')!.fillRect(10, 10, 60, 40);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob({ type: 'image/png' })], called, { type: 'image/png' }));
    box.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
  }, name);

test('detail 8: a picture that is not sent survives a crash, and words the end of the login', async () => {
  const room = await dmOf(ana, cem);
  await ana.page.goto(`/r/${room}`);
  await cem.page.goto(`/r/${room}`);
  await expect(composer(ana.page)).toBeFocused();

  await test.step('a picture between words, over a crash', async () => {
    allow(/^failed: net::ERR_FAILED \w+ \/media\/files/);
    let through = false;
    await ana.context.route('**/media/files*', (route) => (through ? route.continue() : route.abort()));
    await line.cut();
    await say(ana.page, 'before it');
    await pastePicture(ana.page, 'boat.png');
    await say(ana.page, 'the boat');
    await say(ana.page, 'behind it');
    const rows = (page: Page) => page.locator('article[data-state=pending]');
    await expect(rows(ana.page)).toHaveCount(3);
    await crash(ana.page);
    ana.page = await ana.context.newPage();
    await ana.page.goto(`/r/${room}`);
    await expect(rows(ana.page)).toHaveCount(3);
    through = true;
    line.restore();
    await expect(rows(ana.page)).toHaveCount(0);
    for (const text of ['before it', 'the boat', 'behind it']) await expect(row(cem.page, text)).toHaveCount(1);
    await expect(row(cem.page, 'the boat').getByRole('button', { name: 'Picture boat.png' })).toHaveCount(1);
    const order = (await messagesOf(cem, room, 'limit=50')).map(({ body }) => body).filter((body) => body !== 'the boat');
    expect(order).toEqual(['before it', 'behind it']);
  });

  await test.step('the login ends meanwhile, and the same person comes back', async () => {
    allow(/^answer: 401 /);
    await line.cut();
    await say(ana.page, 'when I am back');
    await expect(row(ana.page, 'when I am back')).toHaveAttribute('data-state', 'pending');
    const { sessions } = await ana.call<{ sessions: { id: string }[] }>('GET', '/auth/sessions');
    for (const { id } of sessions) await ana.call('DELETE', `/auth/sessions/${id}`);
    line.restore();
    await expect(ana.page.getByRole('button', { name: 'Log in' })).toBeVisible();
    await logIn(ana.page, ana.username);
    await ana.page.goto(`/r/${room}`);
    await expect(row(ana.page, 'when I am back')).toHaveAttribute('data-state', STORED);
    await expect(row(cem.page, 'when I am back')).toHaveCount(1);
  });
});

test('detail 9: what was missed comes after a reconnect, edits, deletions and reactions too', async () => {
  const { page } = ana;
  await page.clock.install();
  const room = (await roomOf(ana, [cem])).id;
  const old: number[] = [];
  for (const text of ['old one', 'old two', 'old three']) old.push((await write(cem, room, text)).seq);
  await page.goto(`/r/${room}`);
  await expect(row(page, 'old three')).toBeVisible();
  const banner = page.getByText('Reconnecting…');
  for (const how of ['cut', 'stalled'] as const) {
    await test.step(`the line is ${how}`, async () => {
      if (how === 'cut') {
        await line.cut();
        await expect(banner).toBeVisible();
      } else line.stall();
      const words = Array.from({ length: 250 }, (_, nth) => `${how} ${nth + 1}`);
      await forAll(words, (text) => write(cem, room, text), 8);
      const recent = await messagesOf(cem, room, 'limit=50');
      for (const seq of [old[0]!, recent[3]!.seq, recent[4]!.seq])
        await cem.call('PATCH', `/rooms/${room}/messages/${seq}`, { body: `edited while ${how}` });
      for (const seq of [recent[7]!.seq, recent[8]!.seq]) await cem.call('DELETE', `/rooms/${room}/messages/${seq}`);
      await cem.call('POST', `/rooms/${room}/messages/${old[1]!}/reactions`, { emoji: how === 'cut' ? '👍' : '🎉', on: true });
      const tries = line.tries;
      line.restore();
      if (how === 'stalled') {
        // Nothing told the page: its own heartbeat finds out, within two of them.
        await page.clock.fastForward(10_100);
        await page.clock.fastForward(5_100);
        await expect.poll(() => line.tries).toBeGreaterThan(tries);
      }
      await expect(banner).toHaveCount(0);
      const now = (await messagesOf(cem, room, 'limit=50')).at(-1)!;
      await expect(page.locator(`article[data-msg-seq="${now.seq}"]`)).toBeAttached();
      await sameAsTold(page, room, old[0]!);
    });
  }
});

/** The page shows what the API tells, from this message to the last: texts, edits, deletions and reactions. */
async function sameAsTold(page: Page, room: string, from: number): Promise<void> {
  const told = new Map<number, string>();
  for (let before = Number.MAX_SAFE_INTEGER; before > from; ) {
    const part = await ana.call<{ events: Told[] }>('GET', `/rooms/${room}/messages?limit=100${before === Number.MAX_SAFE_INTEGER ? '' : `&before=${before}`}`);
    before = part.events[0]?.seq ?? from;
    for (const { seq, type, body, state } of part.events) {
      if (type !== 'message' || seq < from) continue;
      const marks = (state?.reactions ?? []).map(({ emoji, count }) => `${emoji}${count}`).join(' ');
      told.set(seq, state?.deleted ? 'deleted' : [body, state?.edited_at === undefined ? '' : 'edited', marks].join('|'));
    }
  }
  const shown = new Map<number, string>();
  await expect
    .poll(async () => {
      const rows = await page.locator('article[data-msg-seq]').evaluateAll((all) =>
        all.map((one): [number, string] => {
          const text = one.querySelector('.msg-text');
          if (text === null) return [Number(one.getAttribute('data-msg-seq')), 'deleted'];
          const marks = [...one.querySelectorAll('.reaction')].map((chip) => /^\D+\d+/.exec(chip.textContent?.replace(/\s/g, '') ?? '')?.[0] ?? []).flat().join(' ');
          return [Number(one.getAttribute('data-msg-seq')), [text.textContent, one.querySelector('.msg-edited') === null ? '' : 'edited', marks].join('|')];
        }),
      );
      for (const [seq, what] of rows) if (seq >= from) shown.set(seq, what);
      await page.locator('.timeline').evaluate((box) => void (box.scrollTop = 0));
      return rows[0]![0] <= from;
    })
    .toBe(true);
  expect([...shown].sort(([a], [b]) => a - b)).toEqual([...told].sort(([a], [b]) => a - b));
  await page.locator('.timeline').evaluate((box) => void (box.scrollTop = box.scrollHeight));
}

test('detail 10: connecting again backs off with jitter, and is instant when somebody comes back', async () => {
  const { page } = ana;
  await page.clock.install();
  // Chance is the test's: in the middle of each span.
  await page.addInitScript(() => {
    Math.random = () => (globalThis as { chance?: number }).chance ?? 0.5;
  });
  await page.goto('/');
  await expect(side(page)).toBeVisible();
  await expect(composer(page)).toBeVisible();
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000);
  await line.cut();
  for (let turn = 0; turn < 3; turn++) await page.evaluate(() => 0);
  /** How long the page waits for its next try, to a tenth of a second. */
  const waits = async (): Promise<number> => {
    const before = line.tries;
    let waited = 0;
    for (; line.tries === before; waited += 100) {
      expect(waited, 'no try for so long').toBeLessThan(20_000);
      await page.clock.runFor(100);
      // Whatever the page said is heard before it answers this.
      await page.evaluate(() => 0);
    }
    for (let turn = 0; turn < 3; turn++) await page.evaluate(() => 0);
    return waited;
  };
  const seen: number[] = [];
  for (let n = 0; n < 6; n++) seen.push(await waits());
  // Half of 500, 1000, 2000, 4000 and from then on 5000 ms.
  expect(seen).toEqual([300, 500, 1000, 2000, 2500, 2500]);
  await page.evaluate(() => Object.assign(globalThis, { chance: 0.1 }));
  await waits();
  expect(await waits(), 'chance decides how long it is').toBe(500);
  await page.evaluate(() => Object.assign(globalThis, { chance: 0.999 }));
  for (const event of ['online', 'visibilitychange']) {
    await waits();
    const before = line.tries;
    // The clock stands still: what comes now, comes at once.
    await page.evaluate((name) => (name === 'online' ? window : document).dispatchEvent(new Event(name)), event);
    await expect.poll(() => line.tries).toBe(before + 1);
    for (let turn = 0; turn < 3; turn++) await page.evaluate(() => 0);
  }
  await page.clock.resume();
  line.restore();
  await expect(page.getByText('Reconnecting…')).toHaveCount(0);
});
