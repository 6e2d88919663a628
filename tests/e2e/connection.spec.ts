import AxeBuilder from '@axe-core/playwright';
import { Line } from './line.js';
import { arrive, composer, fresh, openRoom, row, say, STORED } from './people.js';
import { expect, test } from './watched.js';

test('how fast the line is, where the time of my last message went, and where one is that has no answer', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const { page } = ana;
  const line = await Line.of(ana.context);
  // Everybody writes to this room.
  const [measured, unanswered, behind_it, kept_here] = [fresh('measured'), fresh('unanswered'), fresh('behind'), fresh('kept')];
  await openRoom(page, 'general');
  await page.reload();
  await expect(composer(page)).toBeVisible();
  const sign = page.getByRole('button', { name: /^Connection: / });
  const card = page.getByRole('dialog', { name: 'Connection' });

  await test.step('a line that lives', async () => {
    await say(page, measured);
    await expect(row(page, measured)).toHaveAttribute('data-state', STORED);
    await expect(sign).toHaveAccessibleName('Connection: Connected');
    await sign.click();
    await expect(card.getByText(/stored after [\d.]+ ms/)).toBeVisible();
    const times = card.locator('.connection-stage dd');
    await expect(times).toHaveCount(4);
    const sum = (await times.allInnerTexts()).reduce((all, text) => all + Number.parseFloat(text), 0);
    const total = Number.parseFloat(/after ([\d.]+)/.exec(await card.innerText())?.[1] ?? '');
    // Each of the five is rounded.
    expect(Math.abs(sum - total)).toBeLessThan(3);
    // Its commit took some time, and the server said how long.
    expect(Number.parseFloat((await times.nth(3).innerText()).replace(',', '.'))).toBeGreaterThan(0);
    await expect(card.locator('dd').first()).toHaveText(/^[\d.]+ ms$/);
    const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(found.violations.map((v) => v.id)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(sign).toBeFocused();
  });

  await test.step('a message without an answer', async () => {
    line.sends = (frame) => (frame.t === 'send' ? 'drop' : undefined);
    await say(page, unanswered);
    await say(page, behind_it);
    await row(page, unanswered).getByRole('button', { name: 'Sending' }).click();
    const where = page.getByRole('dialog', { name: 'Where is my message?' });
    await expect(where).toContainText(/Sent \d+ s ago/);
    line.sends = () => undefined;
    // It is sent again by itself, and nobody asks any more.
    await expect(where).toHaveCount(0);
    await expect(row(page, behind_it)).toHaveAttribute('data-state', STORED);
  });

  await test.step('no line', async () => {
    await line.cut();
    await expect(sign).toHaveAccessibleName('Connection: Not connected');
    await say(page, kept_here);
    await row(page, kept_here).getByRole('button', { name: 'Sending' }).click();
    await expect(page.getByRole('dialog', { name: 'Where is my message?' })).toContainText('On this device. There is no connection');
    await page.keyboard.press('Escape');
    await sign.click();
    await expect(card.getByText('Messages waiting')).toBeVisible();
    await expect(card.locator('dd').last()).toBeVisible();
    const now = card.getByRole('button', { name: 'Try now' });
    await expect(now).toBeVisible();
    line.restore();
    // At once: a moment later the client tries by itself, and the button is gone.
    await now.evaluate((button: HTMLButtonElement) => button.click());
    await expect(row(page, kept_here)).toHaveAttribute('data-state', STORED);
    await expect(card.locator('.connection-state')).toHaveText('Connected');
  });
  await ana.context.close();
});
