import { expect, test } from './watched.js';
import { arrive, composer, row, say, STORED, writeTo } from './people.js';

test('older history loads when scrolling up, and what is read stays in place', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const ben = await arrive(browser, 'ben');
  await writeTo(ana.page, ben.username);
  const room = /\/r\/(\d+)/.exec(ana.page.url())![1]!;
  // 260 messages by REST, as a bot would.
  const token = await ana.page.evaluate(async (credentials) => {
    const answer = await fetch('/api/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    });
    return (await answer.json()).access_token as string;
  }, { username: ana.username, password: 'correct horse battery' });
  for (let i = 1; i <= 260; i++) {
    const answer = await ana.page.request.post(`/api/v1/rooms/${room}/messages`, {
      headers: { authorization: `Bearer ${token}` },
      data: { cmid: crypto.randomUUID(), body: `line ${i}` },
    });
    expect(answer.status()).toBe(201);
  }
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await ben.page.reload();
  await expect(composer(ben.page)).toBeVisible();
  const timeline = ben.page.locator('.timeline');
  await expect(ben.page.locator('article[data-state]').first()).toBeVisible();
  await timeline.hover();
  // Wheel up until the first line is there; no two neighbours on the screen may have a hole between them.
  await expect
    .poll(
      async () => {
        await ben.page.mouse.wheel(0, -1500);
        const seqs = await ben.page.locator('article[data-msg-seq]').evaluateAll((all) => all.map((e) => Number(e.getAttribute('data-msg-seq'))));
        for (let i = 1; i < seqs.length; i++) expect(seqs[i]).toBe(seqs[i - 1]! + 1);
        return row(ben.page, 'line 1').count();
      },
      { timeout: 60_000, intervals: [100] },
    )
    .toBe(1);
});

test('what is written while the line is cut is kept through a reload and sent once', async ({ browser }) => {
  const ana = await arrive(browser, 'ana');
  const ben = await arrive(browser, 'ben');
  await writeTo(ana.page, ben.username);
  await say(ana.page, 'first');
  await expect(row(ana.page, 'first')).toHaveAttribute('data-state', STORED);
  // The socket is refused from here on, and the open one is closed.
  await ana.page.routeWebSocket(/\/ws$/, (ws) => ws.close({ code: 1011 }));
  await ana.page.reload();
  await expect(composer(ana.page)).toBeVisible();
  await say(ana.page, 'written in the dark');
  await expect(row(ana.page, 'written in the dark')).toHaveAttribute('data-state', 'pending');
  await expect(ana.page.getByText('Reconnecting…')).toBeVisible();
  await ana.page.reload();
  await expect(row(ana.page, 'written in the dark')).toHaveAttribute('data-state', 'pending');
  await ana.page.close();
  ana.page = await ana.context.newPage();
  await ana.page.goto('/');
  await ana.page.getByRole('link', { name: new RegExp(ben.username) }).click();
  await expect(row(ana.page, 'written in the dark')).toHaveAttribute('data-state', STORED);
  await ben.page.getByRole('link', { name: new RegExp(ana.username) }).click();
  await expect(row(ben.page, 'written in the dark')).toHaveCount(1);
});
