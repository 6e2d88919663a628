import { composer, fresh, logIn, logOut, row, side } from './people.js';
import { dmOf, enter, type Guest, roomOf, write } from './seed.js';
import { expect, type Locator, type Page, test } from './watched.js';

let ana: Guest;
let cem: Guest;

test.beforeEach(async ({ browser }) => {
  ana = await enter(browser, 'ana');
  cem = await enter(browser, 'cem');
});

test.afterEach(async () => {
  for (const one of [ana, cem]) await one.context.close();
});

const last = (page: Page): Locator => page.locator('article[data-state]').last();

test('detail 15: each room and thread has its draft, with the caret where it stood, over rooms that take none and logins', async () => {
  const { page } = ana;
  const [here, there, closed] = [await roomOf(ana, [cem]), await roomOf(ana), await roomOf(cem, [ana])];
  await cem.call('PATCH', `/rooms/${closed.id}`, { announcement: true });
  const root = await write(cem, here.id, 'a root');
  const go = async (name: string): Promise<void> => {
    await side(page).getByRole('link', { name: new RegExp(`\\b${name}\\b`) }).click();
    await expect(page.getByRole('heading', { level: 1, name: new RegExp(name) })).toBeVisible();
  };
  const caret = (): Promise<number[]> => composer(page).evaluate((box) => [(box as HTMLTextAreaElement).selectionStart, (box as HTMLTextAreaElement).selectionEnd]);
  await page.goto(`/r/${here.id}`);
  await composer(page).fill('half a thought');
  await composer(page).evaluate((box) => (box as HTMLTextAreaElement).setSelectionRange(4, 6));
  await go(closed.name);
  await expect(composer(page)).toHaveCount(0);
  await go(there.name);
  await expect(composer(page)).toHaveValue('');
  await expect(side(page).getByRole('link', { name: new RegExp(here.name) })).toContainText(/draft/i);
  await go(here.name);
  await expect(composer(page)).toHaveValue('half a thought');
  expect(await caret()).toEqual([4, 6]);

  await page.goto(`/r/${here.id}/t/${root.seq}`);
  const reply = page.getByRole('textbox', { name: 'Reply in the thread' });
  await expect(reply).toHaveValue('');
  await reply.fill('of the thread');
  await page.reload();
  await expect(reply).toHaveValue('of the thread');
  await expect(composer(page).first()).toHaveValue('half a thought');

  await logOut(page);
  await logIn(page, ana.username);
  await page.goto(`/r/${here.id}`);
  await expect(composer(page)).toHaveValue('half a thought');
  await composer(page).press('Enter');
  await expect(row(page, 'half a thought')).toHaveCount(1);
  await page.goto(`/r/${here.id}/t/${root.seq}`);
  await expect(reply).toHaveValue('of the thread');
  await reply.press('Enter');
  await expect(reply).toHaveValue('');
  await expect(side(page).getByRole('link', { name: new RegExp(here.name) })).not.toContainText(/draft/i);
});

test('detail 16: the keys of the composer, with an input method and turned round', async () => {
  const { page } = ana;
  await page.goto(`/r/${await dmOf(ana, cem)}`);
  const box = composer(page);
  await expect(box).toBeFocused();

  await test.step('Enter is the input method’s until the word is done', async () => {
    const method = await ana.context.newCDPSession(page);
    await method.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    await expect(box).toHaveValue('にほ');
    await box.evaluate((area) => area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: true })));
    await expect(box).toHaveValue('にほ');
    await expect(page.locator('article[data-state]')).toHaveCount(0);
    await method.send('Input.insertText', { text: '日本' });
    await expect(box).toHaveValue('日本');
    await box.press('Enter');
    await expect(row(page, '日本')).toHaveCount(1);
    await method.detach();
  });

  await test.step('the arrow up edits the last message, from an empty field only, and Esc gives up', async () => {
    const edit = page.getByRole('textbox', { name: 'Edit your message' });
    await box.fill('something');
    await box.press('ArrowUp');
    await expect(edit).toHaveCount(0);
    await box.fill('');
    await box.press('ArrowUp');
    await expect(edit).toHaveValue('日本');
    await edit.press('Escape');
    await expect(edit).toHaveCount(0);
    await expect(box).toBeFocused();
  });

  await test.step('Shift+Enter begins a line; turned round, Enter does, and Ctrl+Enter sends', async () => {
    await box.fill('one');
    await box.press('Shift+Enter');
    await box.pressSequentially('two');
    await box.press('Enter');
    await expect(last(page).locator('.msg-text')).toHaveText(/one\s*two/);
    const room = page.url();
    await page.goto('/settings/writing');
    await page.getByLabel('Enter sends a message').uncheck();
    await page.goto(room);
    await box.fill('three');
    await box.press('Enter');
    await box.pressSequentially('four');
    await expect(box).toHaveValue('three\nfour');
    await box.press('Control+Enter');
    await expect(last(page).locator('.msg-text')).toHaveText(/three\s*four/);
    await expect(box).toHaveValue('');
  });
});

test('detail 17: names are completed by the keys, where a name is meant', async () => {
  const { page } = ana;
  const near = await roomOf(ana, [cem], fresh('near'));
  await write(cem, near.id, 'I am here');
  await page.goto(`/r/${near.id}`);
  const box = composer(page);
  const list = page.getByRole('listbox');
  await expect(row(page, 'I am here')).toBeVisible();
  await box.pressSequentially(`hello @${cem.username.slice(0, 3)}`);
  await expect(list).toBeVisible();
  // Who is in the room comes first, whoever else is called like that.
  await expect(list.getByRole('option').first()).toContainText(cem.username);
  const active = await box.getAttribute('aria-activedescendant');
  expect(active).not.toBeNull();
  await expect(page.locator(`[id="${active}"]`)).toHaveAttribute('aria-selected', 'true');
  await box.press('ArrowDown');
  await box.press('ArrowUp');
  await expect(box).toHaveAttribute('aria-activedescendant', active!);
  await box.press('Enter');
  await expect(box).toHaveValue(`hello @${cem.username} `);

  await box.fill('');
  await box.pressSequentially(`and @${cem.username.slice(0, 3)}`);
  await expect(list).toBeVisible();
  await box.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(box).toHaveValue(`and @${cem.username.slice(0, 3)}`);

  for (const text of ['write to a@c', '`@ce', '```\n@ce']) {
    await box.fill('');
    await box.pressSequentially(text.replace(/\n/, ''));
    if (text.includes('\n')) {
      await box.fill(text.slice(0, -1));
      await box.pressSequentially(text.slice(-1));
    }
    await expect(box).toHaveAttribute('aria-label', /^Message /);
    await expect(list).toHaveCount(0);
  }
});
