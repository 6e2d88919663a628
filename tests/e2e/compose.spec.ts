import { expect, type Page, test } from './watched.js';
import { arrive, composer, openRoom, type Person, row, say, STORED, writeTo } from './people.js';

let ana: Person;
let ben: Person;

test.beforeEach(async ({ browser }) => {
  ana = await arrive(browser, 'ana');
  ben = await arrive(browser, 'ben');
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

const last = (page: Page) => page.locator('article[data-state]').last();

test('a person is offered while typing, taken by Enter, and stands out for whom is meant', async () => {
  await openRoom(ben.page, 'general');
  await openRoom(ana.page, 'general');
  await composer(ana.page).pressSequentially(`good morning @${ben.username.slice(0, -1)}`);
  await expect(ana.page.getByRole('option', { name: new RegExp(ben.username) })).toHaveAttribute('aria-selected', 'true');
  await composer(ana.page).press('Enter');
  await expect(composer(ana.page)).toHaveValue(`good morning @${ben.username} `);
  await expect(ana.page.getByRole('listbox')).toHaveCount(0);
  await composer(ana.page).pressSequentially('see #gen');
  await expect(ana.page.getByRole('option', { name: /general/ })).toBeVisible();
  await composer(ana.page).press('Tab');
  await composer(ana.page).press('Enter');
  const mine = last(ana.page);
  await expect(mine).toHaveAttribute('data-state', STORED);
  await expect(mine.getByRole('link', { name: '#general' })).toBeVisible();
  await expect(last(ben.page).locator('.chip-me')).toHaveText(`@${ben.username}`);

  // Who is about to call everybody is told so before.
  const warning = ana.page.getByRole('status').filter({ hasText: /^This calls / });
  await composer(ana.page).fill('dinner, @all?');
  await expect(warning).toBeVisible();
  await composer(ana.page).fill('`@all` is a word');
  await expect(warning).toHaveCount(0);
});

test('an emoji is found, picked by the keys, and remembered', async () => {
  await openRoom(ana.page, 'general');
  const smile = ana.page.getByRole('button', { name: 'Emoji' });
  const before = await smile.boundingBox();
  await composer(ana.page).fill('well done ');
  await expect(ana.page.getByRole('button', { name: 'Send later' })).toBeVisible();
  // No button moves away from under the pointer because there is something to send now.
  expect(await smile.boundingBox()).toEqual(before);
  await smile.click();
  const find = ana.page.getByRole('combobox', { name: 'Find an emoji' });
  await expect(find).toBeFocused();
  await find.fill('party popper');
  await expect(ana.page.getByRole('option', { name: 'party popper' })).toHaveAttribute('aria-selected', 'true');
  await find.press('Enter');
  await expect(find).toHaveCount(0);
  await expect(composer(ana.page)).toBeFocused();
  await expect(composer(ana.page)).toHaveValue('well done 🎉');
  await ana.page.keyboard.press('Control+z');
  await expect(composer(ana.page)).toHaveValue('well done ');
  await smile.click();
  await expect(ana.page.getByRole('group', { name: 'Used lately' }).getByRole('option').first()).toHaveAccessibleName('party popper');
  await find.press('Escape');
  await expect(find).toHaveCount(0);
  await expect(composer(ana.page)).toBeFocused();
});

test('code is coloured, copied byte for byte, and scrolls within itself', async () => {
  await ana.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await writeTo(ana.page, ben.username);
  const code = `const wide = "${'x'.repeat(200)}";\n\treturn <b>;`;
  await say(ana.page, `look:\n\`\`\`ts\n${code}\n\`\`\`\n$E=mc^2$ and ||a secret||`);
  const mine = last(ana.page);
  await expect(mine.locator('.code-language')).toHaveText('TypeScript');
  await expect(mine.locator('.hljs-keyword').first()).toHaveText('const');
  expect(await mine.locator('pre').textContent()).toBe(code);
  await mine.getByRole('button', { name: 'Copy code' }).click();
  await expect(mine.getByText('Copied')).toBeVisible();
  expect(await ana.page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  expect(await ana.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  // The formula is set with its own fonts; the page's policy complains of nothing, which afterEach looks at.
  await expect(mine.locator('.katex')).toBeVisible();
  expect(await ana.page.evaluate(() => document.fonts.check('16px KaTeX_Main'))).toBe(true);
  const secret = mine.getByRole('button', { name: /Hidden text/ });
  await secret.press('Enter');
  await expect(secret).toHaveCount(0);
  await expect(mine.getByText('a secret')).toBeVisible();
});

test('a draft stays over another room and a reload, and is marked; a command that is not there keeps its text', async () => {
  await openRoom(ana.page, 'general');
  await composer(ana.page).fill('not yet said');
  await writeTo(ana.page, ben.username);
  await expect(composer(ana.page)).toHaveValue('');
  await composer(ana.page).fill('/dance');
  await composer(ana.page).press('Enter');
  await expect(ana.page.getByRole('alert')).toContainText('no command /dance');
  await expect(composer(ana.page)).toHaveValue('/dance');
  await composer(ana.page).fill('');
  const general = ana.page.getByRole('navigation', { name: 'Rooms and people' }).getByRole('link', { name: /general/ });
  await expect(general).toContainText(/draft/i);
  await ana.page.reload();
  await expect(general).toContainText(/draft/i);
  await general.click();
  await expect(composer(ana.page)).toHaveValue('not yet said');
  await composer(ana.page).press('Enter');
  await expect(row(ana.page, 'not yet said').last()).toHaveAttribute('data-state', STORED);
  await expect(general).not.toContainText(/draft/i);
});

test('words are formatted by the keys, looked at before, and undone', async () => {
  await openRoom(ana.page, 'general');
  const box = composer(ana.page);
  await box.fill('plain words');
  await box.press('Shift+Home');
  await box.press('Control+b');
  await expect(box).toHaveValue('**plain words**');
  await ana.page.getByRole('button', { name: 'Formatting' }).click();
  await ana.page.getByRole('button', { name: 'Preview' }).click();
  await expect(ana.page.getByRole('region', { name: 'Preview' }).locator('strong')).toHaveText('plain words');
  await box.press('Control+z');
  await expect(box).toHaveValue('plain words');
  await box.fill('- one');
  await box.press('Shift+Enter');
  await box.pressSequentially('two');
  await expect(box).toHaveValue('- one\n- two');
  await box.press('Enter');
  await expect(last(ana.page).locator('li')).toHaveText(['one', 'two']);
});
