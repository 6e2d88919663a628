import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from './watched.js';
import { arrive, composer, firstSteps, fresh, PASSWORD, row, STORED } from './people.js';
import { enter } from './seed.js';

/** The conversation with them is what one writes into: until then it is the room before. */
const isWith = (page: Page, username: string): Promise<void> => expect(page.getByRole('heading', { level: 1, name: username })).toBeVisible();

/** More of them than a minute has room for would be too many. */
const MOST_PRESSES = 4;

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
}

test('two newcomers, one on a phone, get to talk by what the welcome offers, and it is over then', async ({ browser }) => {
  let presses = 0;
  const press = async (what: Locator): Promise<void> => {
    presses++;
    await what.click();
  };
  const ana = await arrive(browser, 'ana', { welcome: true });
  await ana.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const offered = firstSteps(ana.page);

  await test.step('it has its place from the start', async () => {
    await expect(offered).toBeVisible();
    const [high, reserved] = await ana.page
      .locator('.main > .welcome')
      .evaluate((box) => [box.getBoundingClientRect().height, Number.parseFloat(getComputedStyle(box).minHeight)]);
    expect(high).toBe(reserved);
    expect(await violations(ana.page)).toEqual([]);
  });

  await press(offered.getByRole('button', { name: 'Copy invite link' }));
  await expect(offered.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await ana.page.evaluate(() => navigator.clipboard.readText())).toBe(`${new URL(ana.page.url()).origin}/register`);

  const ben = await arrive(browser, 'ben', { welcome: true, phone: true });
  await expect(firstSteps(ben.page)).toBeVisible();
  expect(await violations(ben.page)).toEqual([]);

  // He has come by the link: she is offered him without having loaded anything anew.
  await press(offered.getByRole('button', { name: `Write to ${ben.username}` }));
  await isWith(ana.page, ben.username);
  await composer(ana.page).fill('you are here');
  await composer(ana.page).press('Enter');
  await press(firstSteps(ben.page).getByRole('button', { name: `Write to ${ana.username}` }));
  await isWith(ben.page, ana.username);
  await expect(row(ben.page, 'you are here')).toBeVisible();
  await composer(ben.page).fill('so are you');
  await press(ben.page.getByRole('button', { name: 'Send', exact: true }));
  await expect(row(ana.page, 'so are you')).toBeVisible();
  await expect(row(ben.page, 'so are you')).toHaveAttribute('data-state', STORED);
  expect(presses).toBeLessThanOrEqual(MOST_PRESSES);

  await test.step('it does not come back', async () => {
    for (const { page } of [ana, ben]) {
      await page.goto('/');
      await expect(page.getByRole('navigation', { name: 'Rooms and people' })).toBeVisible();
      await expect(page.getByRole('link', { name: /general/ })).toBeVisible();
      await expect(firstSteps(page)).toHaveCount(0);
    }
  });
  await ana.context.close();
  await ben.context.close();
});

test('saying hello is one press and a line; who does not want it dismisses it for good', async ({ browser }) => {
  const ana = await arrive(browser, 'ana', { welcome: true });
  await firstSteps(ana.page).getByRole('button', { name: 'Write', exact: true }).click();
  await expect(composer(ana.page)).toBeFocused();
  await ana.page.keyboard.type(`hello from ${ana.username}`);
  await ana.page.keyboard.press('Enter');
  await expect(row(ana.page, `hello from ${ana.username}`)).toBeVisible();
  await expect(firstSteps(ana.page)).toHaveCount(0);
  await ana.context.close();

  const ben = await arrive(browser, 'ben');
  await expect(firstSteps(ben.page)).toHaveCount(0);
  await ben.page.reload();
  await expect(composer(ben.page)).toBeVisible();
  await expect(firstSteps(ben.page)).toHaveCount(0);
  await ben.context.close();
});

test('who makes an account because of an invitation is at it then', async ({ browser }) => {
  const ana = await enter(browser, 'ana');
  const room = await ana.call<{ id: string }>('POST', '/rooms', { name: `inner ${ana.username}`, kind: 'private' });
  const invite = await ana.call<{ token: string }>('POST', `/rooms/${room.id}/invites`, { expires_in_s: 3600 });

  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`/invite/${invite.token}`);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('User name').fill(fresh('cem'));
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText(`You are invited to inner ${ana.username}.`)).toBeVisible();
  await page.getByRole('button', { name: /^Join/ }).click();
  await expect(page).toHaveURL(new RegExp(`/r/${room.id}$`));

  // Once: who comes by the door later is at home.
  await page.goto('/login');
  await expect(page).not.toHaveURL(/invite/);
  await context.close();
  await ana.context.close();
});

test('who comes to a server where nobody has an account is offered to make the first one', async ({ page }) => {
  // This server has people; it says that it has none.
  await page.route('**/api/v1/server', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), founded: false } });
  });
  await page.goto('/');
  await expect(page.getByText('You are the first one here: your account looks after the server.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create account' })).toBeVisible();
});

test('a form that was filled in wrongly marks every field at once, and the first one gets the focus', async ({ page }) => {
  await page.goto('/register');
  const name = page.getByLabel('User name');
  const password = page.getByLabel('Password', { exact: true });
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(password).toHaveAttribute('aria-invalid', 'true');
  await expect(name).toBeFocused();
  await name.fill('two words');
  await password.fill('short');
  await password.press('Enter');
  await expect(page.getByRole('alert')).toHaveCount(2);
  await expect(name).toBeFocused();
  await name.fill(fresh('vera'));
  await name.press('Enter');
  await expect(name).toHaveAttribute('aria-invalid', 'false');
  await expect(password).toBeFocused();
});
