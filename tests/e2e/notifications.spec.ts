import { expect, type Page, test } from './watched.js';
import { arrive, composer, fresh, logIn, makeRoom, openRoom, type Person, row, say, side, writeTo } from './people.js';

interface Told {
  title: string;
  body: string;
  closed: boolean;
}

type Recording = typeof globalThis & { told: Told[]; press: (body: string) => void };

let ana: Person;
let ben: Person;

/** In place of the browser's notifications: remembers them, and lets the test press one. */
function record(): void {
  const told: Told[] = [];
  const shown: Fake[] = [];
  class Fake {
    static permission = 'granted';
    onclick: (() => void) | null = null;
    onclose: (() => void) | null = null;
    readonly note: Told;

    constructor(title: string, { body = '' }: NotificationOptions) {
      this.note = { title, body, closed: false };
      told.push(this.note);
      shown.push(this);
    }

    close(): void {
      this.note.closed = true;
      this.onclose?.();
    }
  }
  const press = (body: string): void => shown.findLast((one) => one.note.body === body)?.onclick?.();
  Object.assign(globalThis, { Notification: Fake, told, press });
}

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
  await ben.context.addInitScript(record);
  await ben.page.reload();
  await openRoom(ben.page, 'general');
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});


/** What Ben was notified of that Ana wrote. */
const told = async (): Promise<Told[]> => {
  const all = await ben.page.evaluate(() => (globalThis as Recording).told);
  return all.filter((one) => one.title.startsWith(ana.username));
};

const bodies = async (): Promise<string[]> => (await told()).map((one) => one.body);

test('a direct message notifies, a press opens it, and reading on another device takes it away', async ({ browser }) => {
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'are you there?');
  await expect.poll(told).toEqual([{ title: ana.username, body: 'are you there?', closed: false }]);
  await expect(ben.page).toHaveTitle(/^\(\d+\) .+ · Parley$/);
  await expect(ben.page.locator('link[rel=icon]')).toHaveAttribute('href', /^data:image\/svg.*%3Ctext/);
  await ben.page.evaluate(() => (globalThis as Recording).press('are you there?'));
  await expect(ben.page).toHaveURL(/\/r\/\d+\/m\/\d+$/);
  await expect(row(ben.page, 'are you there?')).toBeVisible();
  expect((await told())[0]?.closed).toBe(true);

  await say(ana.page, 'you look at this');
  await expect(row(ben.page, 'you look at this')).toBeVisible();
  await openRoom(ben.page, 'general');
  await say(ana.page, 'read it on the phone');
  await expect.poll(bodies).toEqual(['are you there?', 'read it on the phone']);
  const phone = await browser.newPage();
  await logIn(phone, ben.username);
  expect((await told())[1]?.closed).toBe(false);
  await side(phone).getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(row(phone, 'read it on the phone')).toBeVisible();
  await expect.poll(async () => (await told())[1]?.closed).toBe(true);
  await phone.close();
});

test('a room notifies as its level says, not while it is muted, and of keywords', async () => {
  const name = fresh('loft');
  await makeRoom(ana.page, name, 'Private');
  await say(ana.page, `/invite @${ben.username} `);
  const link = side(ben.page).getByRole('link', { name: new RegExp(name) });
  await expect(link).toBeVisible();
  const bell = (label: string) => ben.page.getByRole('button', { name: label, exact: true });

  // By default only what names him.
  await say(ana.page, 'a plain word');
  await say(ana.page, `@${ben.username} look`);
  await expect.poll(bodies).toEqual([`@${ben.username} look`]);

  await link.click();
  await bell('Notifications').click();
  await ben.page.getByLabel('All messages').check();
  await expect(ben.page.getByLabel('All messages')).toBeChecked();
  await ben.page.keyboard.press('Escape');
  await openRoom(ben.page, 'general');
  await say(ana.page, 'now all of it');
  await expect.poll(bodies).toHaveLength(2);

  await link.click();
  await bell('Notifications').click();
  await ben.page.getByRole('button', { name: '8 hours' }).click();
  await expect(bell('Notifications, muted')).toBeVisible();
  await openRoom(ben.page, 'general');
  await say(ana.page, 'not heard');
  await say(ana.page, `@${ben.username} not heard either`);
  await expect(link).toHaveText(/@1 mention$/);
  await expect(link).not.toHaveClass(/is-unread/);
  await expect(link.getByText('muted')).toBeAttached();
  expect(await bodies()).toEqual([`@${ben.username} look`, 'now all of it']);

  // The settings take back what the room had of its own, and words call.
  await ben.page.goto('/settings/notifications');
  await ben.page.getByRole('button', { name: `As my default for ${name}` }).click();
  await expect(ben.page.getByRole('heading', { name: 'Rooms with their own choice' })).toHaveCount(0);
  await ben.page.getByLabel('A new keyword').fill('Deploy');
  await ben.page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(ben.page.getByRole('list', { name: 'My keywords' })).toHaveText('Deploy');
  await say(ana.page, 'a plain word again');
  await say(ana.page, 'when do we DEPLOY?');
  await expect.poll(bodies).toEqual(['when do we DEPLOY?']);
});
