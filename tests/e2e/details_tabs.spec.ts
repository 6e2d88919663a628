import { Line } from './line.js';
import { composer, logOut, row, say, side, STORED, texts } from './people.js';
import { dmOf, enter, forAll, type Guest, roomOf, write } from './seed.js';
import { expect, type Page, test } from './watched.js';

let ana: Guest;
let ben: Guest;

test.beforeEach(async ({ browser }) => {
  ana = await enter(browser, 'ana');
  ben = await enter(browser, 'ben');
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

type Noted = typeof globalThis & { notes: { tag: string; body: string; closed: boolean }[]; sounds: number };

/** In place of the browser's notifications and its loudspeaker. */
function record(): void {
  const notes: Noted['notes'] = [];
  Object.assign(globalThis, { notes, sounds: 0 });
  class Note {
    static permission = 'granted';
    onclose: (() => void) | null = null;
    readonly #note: Noted['notes'][number];
    constructor(_title: string, { tag = '', body = '' }: NotificationOptions) {
      this.#note = { tag, body, closed: false };
      notes.push(this.#note);
    }
    close(): void {
      this.#note.closed = true;
      this.onclose?.();
    }
  }
  Object.assign(globalThis, { Notification: Note });
  const start = OscillatorNode.prototype.start;
  let last = -1;
  OscillatorNode.prototype.start = function (...given: [number?]) {
    // The notes of one sound begin together.
    if (this.context.currentTime - last > 0.5 || last < 0) (globalThis as Noted).sounds++;
    last = this.context.currentTime;
    return start.apply(this, given);
  };
}

const notes = (page: Page): Promise<Noted['notes']> => page.evaluate(() => (globalThis as Noted).notes);

test('detail 30: the room I look at notifies nobody, an absence once a room, and reading elsewhere takes it away', async () => {
  const dm = await dmOf(ana, ben);
  const room = await roomOf(ana, [ben]);
  const line = await Line.of(ben.context);
  await ben.context.addInitScript(record);
  const { page } = ben;
  await page.goto(`/r/${dm}`);
  await expect(composer(page)).toBeFocused();
  await write(ana, dm, 'on the screen');
  await expect(row(page, 'on the screen')).toBeVisible();

  expect(await notes(page)).toEqual([]);

  // Whatever the level of a room, I am not to be disturbed.
  await ben.call('PUT', '/me/dnd', { until: Date.now() + 3_600_000 });
  await page.reload();
  await expect(composer(page)).toBeFocused();
  await write(ana, room.id, `@${ben.username} not now`);
  const link = side(page).getByRole('link', { name: new RegExp(room.name) });
  await expect(link.locator('.badge-mention')).toBeVisible();
  expect(await notes(page)).toEqual([]);
  await ben.call('PUT', '/me/dnd', { until: 0 });
  await page.reload();
  await expect(composer(page)).toBeFocused();

  // Three hundred while the line is down: no more than one a room when it is back.
  await ben.call('PUT', `/rooms/${room.id}/mine`, { notify: 'all' });
  await line.cut();
  await expect(page.getByText('Reconnecting…')).toBeVisible();
  await forAll(Array.from({ length: 300 }, (_, n) => `while away ${n}`), (text) => write(ana, room.id, text));
  line.restore();
  await expect(page.getByText('Reconnecting…')).toHaveCount(0);
  await expect(link.locator('.badge-count').last()).toBeVisible();
  await write(ana, room.id, 'and now');
  await expect.poll(async () => (await notes(page)).filter((one) => !one.closed).length).toBe(1);
  expect(new Set((await notes(page)).map((one) => one.tag)).size).toBe(1);

  const { head } = await ben.call<{ head: number }>('GET', `/rooms/${room.id}`);
  await ben.call('POST', `/rooms/${room.id}/read`, { seq: head });
  await expect.poll(async () => (await notes(page)).filter((one) => !one.closed)).toEqual([]);
  await expect(link.locator('.badge-count')).toHaveCount(0);
});

test('detail 34: two tabs have one draft, one badge, one notification with one sound, and one login', async () => {
  const dm = await dmOf(ana, ben);
  const room = await roomOf(ana, [ben]);
  await ben.context.addInitScript(record);
  const one = ben.page;
  await one.goto(`/r/${room.id}`);
  await expect(composer(one)).toBeVisible();
  const two = await ben.context.newPage();
  await two.goto(`/r/${room.id}`);
  await expect(composer(two)).toBeVisible();

  // A draft of the one is there in the other.
  await composer(two).fill('half a thought');
  await side(two).getByRole('link', { name: /\bgeneral\b/ }).click();
  await expect(two.getByRole('heading', { level: 1, name: /general/ })).toBeVisible();
  await side(one).getByRole('link', { name: /\bgeneral\b/ }).click();
  await expect(one.getByRole('heading', { level: 1, name: /general/ })).toBeVisible();
  await side(one).getByRole('link', { name: new RegExp(room.name) }).click();
  await expect(composer(one)).toHaveValue('half a thought');
  await composer(one).press('Enter');
  await expect(row(one, 'half a thought')).toHaveAttribute('data-state', STORED);
  await expect(side(two).getByRole('link', { name: new RegExp(room.name) })).not.toContainText(/draft/i);

  // One badge, one notification, one sound; reading in one reads in both.
  await write(ana, dm, 'are you there?');
  const badge = (page: Page) => side(page).getByRole('link', { name: new RegExp(ana.username) }).locator('.badge-count');
  for (const page of [one, two]) await expect(badge(page)).toHaveText(/^1/);
  await expect.poll(async () => [...(await notes(one)), ...(await notes(two))].length).toBe(1);
  const sounds = async (): Promise<number> => {
    const all = await Promise.all([one, two].map((page) => page.evaluate(() => (globalThis as Noted).sounds)));
    return all.reduce((sum, some) => sum + some, 0);
  };
  expect(await sounds()).toBeLessThanOrEqual(1);
  await two.bringToFront();
  await side(two).getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(row(two, 'are you there?')).toBeVisible();
  for (const page of [one, two]) await expect(badge(page)).toHaveCount(0);
  await expect.poll(async () => [...(await notes(one)), ...(await notes(two))].filter((note) => !note.closed)).toEqual([]);

  // Who logs out in one has logged out in both.
  await logOut(two);
  await expect(one.getByRole('button', { name: 'Log in' })).toBeVisible();
  await expect(side(one)).toHaveCount(0);
});

for (const [words, skew_ms] of [['five minutes ahead', 300_000], ['five minutes behind', -300_000]] as const) {
  test(`detail 35: with a clock ${words} the order is that of the room and nothing is in the future`, async () => {
    const dm = await dmOf(ana, ben);
    const { page } = ana;
    await page.clock.install({ time: Date.now() + skew_ms });
    await page.clock.resume();
    const { seq } = await write(ben, dm, 'first');
    await page.goto(`/r/${dm}`);
    await expect(row(page, 'first')).toBeVisible();
    await say(page, 'second');
    await expect(row(page, 'second')).toHaveAttribute('data-state', STORED);
    await write(ben, dm, 'third');
    await expect.poll(() => texts(page)).toEqual(['first', 'second', 'third']);
    await ben.call('PATCH', `/rooms/${dm}/messages/${seq}`, { body: 'first, mended' });
    const mended = page.locator('article[data-state]').filter({ hasText: 'first, mended' });
    await expect(mended.getByRole('button', { name: '(edited)' })).toHaveAttribute('title', /^Edited .*\d/);
    await page.reload();
    await expect.poll(async () => (await texts(page)).length).toBe(3);
    expect((await texts(page)).slice(1)).toEqual(['second', 'third']);
    // Machines read the server's time in UTC, people that of their zone, exact on a look.
    const times = await page.locator('article time').evaluateAll((all) => all.map((time) => [time.getAttribute('datetime'), time.getAttribute('title')]));
    expect(times.length).toBeGreaterThan(1);
    for (const [utc, title] of times) {
      expect(utc).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(Math.abs(Date.parse(utc!) - Date.now())).toBeLessThan(120_000);
      expect(title).toMatch(/\d/);
    }
    const said = await page.locator('body').innerText();
    expect(said).not.toMatch(/\bin (a|an|\d+) (second|minute|hour)|\btomorrow\b/i);
    await page.goto('/unread');
    await page.goto('/activity');
    await expect(page.getByRole('main')).toBeVisible();
    expect(await page.getByRole('main').innerText()).not.toMatch(/\bin (a|an|\d+) (second|minute|hour)|-\d+ min/i);
  });
}
