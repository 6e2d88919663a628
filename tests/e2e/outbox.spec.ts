import { type Page, expect as plain, test } from './watched.js';
import { crash, Line } from './line.js';
import { arrive, composer, logIn, logOut, openRoom, type Person, row, say, states, STORED, texts, writeTo } from './people.js';

// Two people arrive by the screen for each of these, and some wait for the client's own second tries.
test.describe.configure({ timeout: 240_000 });
const expect = plain.configure({ timeout: 45_000 });

let ana: Person;
let ben: Person;
/** Ana's line, and where she writes to Ben. */
let line: Line;
let room: string;

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
  line = await Line.of(ana.context);
  await writeTo(ana.page, ben.username);
  room = new URL(ana.page.url()).pathname;
  await ana.page.reload();
  await expect(composer(ana.page)).toBeVisible();
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(composer(ben.page)).toBeVisible();
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

const many = (word: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${word} ${i + 1}`);

async function sayAll(page: Page, words: string[]): Promise<void> {
  for (const text of words) await say(page, text);
}

/** Ben has exactly these, in this order, and Ana sees all of them stored. */
async function expectArrived(words: string[], page = ana.page): Promise<void> {
  await expect.poll(() => texts(ben.page)).toEqual(words);
  for (const text of words) await expect(row(page, text)).toHaveAttribute('data-state', STORED);
  expect(await texts(page)).toEqual(words);
}

test('a message is pending, sent, delivered, read, each as it happens, and still read after a reload', async () => {
  const bens = await Line.of(ben.context);
  await openRoom(ben.page, 'general');
  await ben.page.reload();
  await expect(composer(ben.page)).toBeVisible();
  await bens.cut();
  let held = true;
  line.sends = (frame) => (held && frame.t === 'send' ? 'drop' : undefined);
  await say(ana.page, 'watch me');
  const mine = row(ana.page, 'watch me');
  await expect(mine).toHaveAttribute('data-state', 'pending');
  await expect(mine.locator('.tick')).toHaveAttribute('title', 'Sending');
  held = false;
  await expect(mine).toHaveAttribute('data-state', 'sent');
  await expect(mine.locator('.tick')).toHaveAttribute('title', 'Sent');
  bens.restore();
  await expect(mine).toHaveAttribute('data-state', 'delivered');
  await expect(mine.locator('.tick')).toHaveAttribute('title', 'Delivered');
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(mine).toHaveAttribute('data-state', 'read');
  await expect(mine.locator('.tick')).toHaveAttribute('title', 'Read');
  await expect(mine.getByText('Read', { exact: true })).toHaveCount(1);
  await ana.page.reload();
  await expect(mine).toHaveAttribute('data-state', 'read');
});

test('what is refused says so, is tried again when asked, or deleted', async () => {
  line.sends = (frame) => (frame.t === 'send' && frame.body?.startsWith('refuse') ? { t: 'nack', cmid: frame.cmid!, code: 'forbidden' } : undefined);
  await sayAll(ana.page, ['refuse this', 'take this', 'refuse that']);
  for (const text of ['refuse this', 'refuse that']) {
    await expect(row(ana.page, text)).toHaveAttribute('data-state', 'failed');
    await expect(row(ana.page, text).getByRole('alert')).toContainText('Not sent.');
  }
  await expect(row(ana.page, 'take this')).toHaveAttribute('data-state', STORED);
  await ana.page.reload();
  await expect(row(ana.page, 'refuse this')).toHaveAttribute('data-state', 'failed');
  await row(ana.page, 'refuse that').getByRole('button', { name: 'Delete' }).click();
  await expect(row(ana.page, 'refuse that')).toHaveCount(0);
  line.sends = () => undefined;
  await row(ana.page, 'refuse this').getByRole('button', { name: 'Retry' }).click();
  await expectArrived(['take this', 'refuse this']);
});

test('a line that loses frames, answers and itself keeps order and loses and doubles nothing', async () => {
  let frame = 0;
  const bad = (): boolean => frame++ % 3 === 1;
  line.sends = ({ t }) => (t === 'send' && bad() ? 'drop' : undefined);
  line.receives = ({ t }) => !(['ack', 'event', 'nack'].includes(t) && bad());
  const words = many('line', 12);
  await sayAll(ana.page, words.slice(0, 6));
  await line.drop();
  await sayAll(ana.page, words.slice(6));
  await line.drop();
  await expectArrived(words);
});

test('what is not sent survives a reload and a crash, and goes out in order, once', async () => {
  await line.cut();
  const words = many('kept', 5);
  await sayAll(ana.page, words);
  await ana.page.reload();
  await expect.poll(() => states(ana.page)).toEqual(words.map(() => 'pending'));
  await crash(ana.page);
  ana.page = await ana.context.newPage();
  await ana.page.goto(room);
  await expect.poll(() => states(ana.page)).toEqual(words.map(() => 'pending'));
  expect(await texts(ana.page)).toEqual(words);
  line.restore();
  await expectArrived(words);
});

test('it waits for its author: it is not shown to another who logs in, nor sent as them', async () => {
  await line.cut();
  await say(ana.page, 'for ben alone');
  await expect(row(ana.page, 'for ben alone')).toHaveAttribute('data-state', 'pending');
  await logOut(ana.page);
  line.restore();
  const eve = await arrive(ana.context.browser()!, 'eve');
  await eve.context.close();
  await logIn(ana.page, eve.username);
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'eve was here');
  await expect(row(ana.page, 'eve was here')).toHaveAttribute('data-state', STORED);
  expect(await texts(ana.page)).toEqual(['eve was here']);
  expect(await texts(ben.page)).toEqual([]);
  await logOut(ana.page);
  await logIn(ana.page, ana.username);
  await ana.page.goto(room);
  await expectArrived(['for ben alone']);
});

test('two tabs show the same, send each message once, and one goes on for the other that crashed', async () => {
  const other = await ana.context.newPage();
  await other.goto(room);
  await expect(composer(other)).toBeVisible();
  await say(ana.page, 'hello');
  await say(other, 'from the other');
  await expectArrived(['hello', 'from the other']);
  await expectArrived(['hello', 'from the other'], other);
  await line.cut();
  const words = many('in one', 4);
  await sayAll(ana.page, words);
  await say(other, 'in two');
  for (const page of [ana.page, other]) {
    await expect.poll(() => states(page)).toEqual([expect.stringMatching(STORED), expect.stringMatching(STORED), ...Array(5).fill('pending')]);
    expect((await texts(page)).slice(2)).toEqual([...words, 'in two']);
  }
  await crash(ana.page);
  line.restore();
  await expectArrived(['hello', 'from the other', ...words, 'in two'], other);
  // None of them is left, to be sent by the next page.
  ana.page = await ana.context.newPage();
  await ana.page.goto(room);
  await expectArrived(['hello', 'from the other', ...words, 'in two']);
});

test('tabs that all crashed leave their messages to the next page', async () => {
  const other = await ana.context.newPage();
  await other.goto(room);
  await expect(composer(other)).toBeVisible();
  await line.cut();
  const words = many('in one', 3);
  await sayAll(ana.page, words);
  await say(other, 'in two');
  await expect.poll(() => states(ana.page)).toEqual(Array(4).fill('pending'));
  for (const page of [ana.page, other]) await crash(page);
  ana.page = await ana.context.newPage();
  await ana.page.goto(room);
  await expect.poll(() => texts(ana.page)).toEqual([...words, 'in two']);
  line.restore();
  await expectArrived([...words, 'in two']);
});

test('a browser that stores nothing still sends, and says what closing the page would lose', async () => {
  await ana.page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await ana.page.reload();
  await expect(composer(ana.page)).toBeVisible();
  await say(ana.page, 'one');
  await expectArrived(['one']);
  await line.cut();
  await say(ana.page, 'two');
  await expect(ana.page.getByText('keep this page open until then')).toBeVisible();
  line.restore();
  await expectArrived(['one', 'two']);
  await expect(ana.page.getByText('keep this page open until then')).toHaveCount(0);
});

test('a line that died unseen is found within five seconds of coming back to the page', async () => {
  await say(ana.page, 'before');
  await expectArrived(['before']);
  line.stall();
  const tries = line.tries;
  await say(ana.page, 'into the void');
  const since = Date.now();
  await ana.page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect.poll(() => line.tries).toBeGreaterThan(tries);
  expect(Date.now() - since).toBeLessThan(5_000);
  line.restore();
  await expectArrived(['before', 'into the void']);
});
