import AxeBuilder from '@axe-core/playwright';
import { allow, expect, type Locator, type Page, test } from './watched.js';
import { composer, fresh, row, say, side, STORED } from './people.js';
import { beyond, dmOf, enter, forAll, outside, roomOf, type Guest, write } from './seed.js';

let ana: Guest;
let ben: Guest;

test.beforeEach(async ({ browser }) => {
  // What comes out of a worker's cache cannot be held up.
  ana = await enter(browser, 'ana', { serviceWorkers: 'block' });
  ben = await enter(browser, 'ben');
});

test.afterEach(async () => {
  await ana.context.close();
  await ben.context.close();
});

type Heard = typeof globalThis & { heard: string[] };

/** Remembers what a screen reader is told: what is added to a polite region. */
async function listenIn(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    const spoken = (node: Node): boolean => {
      const region = (node instanceof Element ? node : node.parentElement)?.closest('[aria-live], [role=status], [role=alert]');
      return region != null && region.getAttribute('aria-live') !== 'off';
    };
    new MutationObserver((changes) => {
      for (const { target, addedNodes, type } of changes) {
        if (!spoken(target)) continue;
        for (const node of type === 'characterData' ? [target] : addedNodes) if (node.textContent !== '') heard.push(node.textContent ?? '');
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

const heard = (page: Page): Promise<string[]> => page.evaluate(() => (globalThis as Heard).heard);

test('detail 23: a new message is announced once; my own, edits, history and another room are not', async () => {
  const dm = await dmOf(ana, ben);
  const attic = await roomOf(ana, [ben]);
  await forAll(Array.from({ length: 150 }, (_, n) => `line ${n}`), (text) => write(ben, attic.id, text));
  const { page } = ana;
  await page.goto(`/r/${dm}`);
  await expect(composer(page)).toBeVisible();
  // Who has just come hears the page first; what tells of messages comes when it has settled.
  await expect(page.locator('[aria-live=polite][aria-relevant=additions]')).toBeAttached();
  await listenIn(page);
  const { seq } = await write(ben, dm, 'the **kettle** boils');
  await expect.poll(() => heard(page)).toEqual([`${ben.username}: the kettle boils`]);
  // The same words again are another message.
  await write(ben, dm, 'the **kettle** boils');
  await expect.poll(() => heard(page)).toHaveLength(2);

  await ben.call('PATCH', `/rooms/${dm}/messages/${seq}`, { body: 'the kettle sings' });
  await expect(row(page, 'the kettle sings')).toBeVisible();
  await say(page, 'I hear it');
  await expect(row(page, 'I hear it')).toHaveAttribute('data-state', STORED);
  await write(ben, attic.id, 'elsewhere');
  // Behind it, so that it has been heard before the room is opened.
  await write(ben, dm, 'tea is ready');
  await expect.poll(() => heard(page)).toHaveLength(3);
  await side(page).getByRole('link', { name: new RegExp(attic.name) }).click();
  // It opens where what is new begins.
  await page.getByRole('button', { name: /^\d+ new$/ }).click();
  await expect(row(page, 'elsewhere')).toBeInViewport();
  const first = await page.locator('article[data-state]').first().getAttribute('data-msg-seq');
  await page.locator('.timeline').evaluate((box) => {
    box.scrollTop = 0;
  });
  await expect(page.locator('article[data-state]').first()).not.toHaveAttribute('data-msg-seq', String(first));
  // What comes last has been heard, so nothing before it is still to come.
  await write(ben, attic.id, 'last of all');
  await expect.poll(() => heard(page)).toEqual(
    ['the kettle boils', 'the kettle boils', 'tea is ready', 'last of all'].map((words) => `${ben.username}: ${words}`),
  );
});

test('detail 23: what came before anything could tell of it is told then', async () => {
  const dm = await dmOf(ana, ben);
  const { page } = ana;
  let open = (): void => {};
  const opened = new Promise<void>((done) => {
    open = done;
  });
  await page.route('**/assets/Beside-*.js', async (route) => {
    await opened;
    await route.continue();
  });
  await page.goto(`/r/${dm}`);
  await expect(composer(page)).toBeVisible();
  await write(ben, dm, 'first of all');
  await expect(row(page, 'first of all')).toBeVisible();
  await listenIn(page);
  open();
  await expect.poll(() => heard(page)).toEqual([`${ben.username}: first of all`]);
});

/** What has the focus, in words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const on = document.activeElement;
    if (on === null || on === document.body) return 'nothing';
    return ['side', 'top', 'timeline', 'composer', 'panel', 'dialog'].find((name) => on.closest(name === 'dialog' ? name : `.${name}`) !== null) ?? on.tagName;
  });

test('detail 24: the whole app by keyboard, and the focus is never lost', async () => {
  const dm = await dmOf(ana, ben);
  const rooms: { id: string; name: string }[] = [];
  for (let n = 0; n < 12; n++) rooms.push(await roomOf(ana, [ben]));
  const [attic] = rooms;
  for (const text of ['one', 'two', 'three']) await write(ben, dm, `${text} @${ana.username} https://a.example`);
  await write(ana, dm, 'mine');
  const { page } = ana;
  const { keyboard } = page;
  await page.goto(`/r/${dm}`);
  await expect(composer(page)).toBeFocused();

  await test.step('F6 goes from part to part and around, with Shift back', async () => {
    const places = [];
    for (let n = 0; n < 4; n++) {
      await keyboard.press('F6');
      places.push(await focused(page));
    }
    expect(places).toEqual(['side', 'top', 'timeline', 'composer']);
    await keyboard.press('Shift+F6');
    expect(await focused(page)).toBe('timeline');
  });

  await test.step('a list has its arrows, and one Tab leaves it', async () => {
    await keyboard.press('F6');
    await keyboard.press('F6');
    await expect(side(page).locator('[aria-current=page]')).toBeFocused();
    await keyboard.press('ArrowUp');
    expect(await focused(page)).toBe('side');
    await expect(side(page).locator('[aria-current=page]')).not.toBeFocused();
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('top');
    await keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('side');
    await keyboard.press('Shift+Tab');
    await expect(side(page).getByRole('button', { name: /^Find or jump/ })).toBeFocused();

    await page.getByRole('log', { name: 'Messages' }).focus();
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('composer');
    await page.getByRole('log', { name: 'Messages' }).focus();
    await keyboard.press('ArrowUp');
    await expect(row(page, 'mine')).toBeFocused();
    await keyboard.press('ArrowUp');
    // Through what is in the message, then out.
    const ways = await page.locator('article:focus').evaluate((one) => one.querySelectorAll('a[href], button').length);
    expect(ways).toBeGreaterThan(1);
    for (let n = 0; n < ways; n++) {
      await keyboard.press('Tab');
      expect(await focused(page)).toBe('timeline');
    }
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('composer');
  });

  await test.step('? and the menu show the keys, and give the focus back', async () => {
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await page.getByRole('log', { name: 'Messages' }).focus();
    await keyboard.press('?');
    await expect(sheet).toBeVisible();
    await expect(sheet.getByText('F6')).toBeVisible();
    expect(await focused(page)).toBe('dialog');
    await keyboard.press('Escape');
    await expect(sheet).toHaveCount(0);
    expect(await focused(page)).toBe('timeline');
    // Where something is written it is a letter.
    await composer(page).focus();
    await keyboard.press('?');
    await expect(composer(page)).toHaveValue('?');
    await keyboard.press('Backspace');
    await keyboard.press('Control+/');
    await expect(sheet).toBeVisible();
    await keyboard.press('Escape');
    await expect(composer(page)).toBeFocused();
    await page.getByRole('button', { name: /^Account of/ }).focus();
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).focus();
    await keyboard.press('Enter');
    await expect(sheet).toBeVisible();
    await keyboard.press('Escape');
    await expect(sheet).toHaveCount(0);
    await expect(page.getByRole('button', { name: /^Account of/ })).toBeFocused();
  });

  await test.step('after a deletion, a dialog and another room something has the focus', async () => {
    await page.getByRole('log', { name: 'Messages' }).focus();
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Reply', exact: true })).toBeFocused();
    await keyboard.press('ArrowUp');
    await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
    await keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Keep', exact: true })).toBeFocused();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expect(page.getByText('This message was deleted.')).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect(await focused(page)).toBe('timeline');

    await keyboard.press('Control+k');
    await expect(page.getByRole('combobox')).toBeFocused();
    await keyboard.type(attic!.name);
    await expect(page.getByRole('option', { name: new RegExp(attic!.name) }).first()).toHaveAttribute('aria-selected', 'true');
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: new RegExp(attic!.name) })).toBeVisible();
    await expect(composer(page)).toBeFocused();
    // By a link in the list the composer is next, too.
    await side(page).getByRole('link', { name: new RegExp(rooms[1]!.name) }).focus();
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: new RegExp(rooms[1]!.name) })).toBeVisible();
    expect(await focused(page)).not.toBe('nothing');
    // A screen without a room.
    await side(page).getByRole('link', { name: 'Everybody' }).focus();
    await keyboard.press('Enter');
    await expect(page.getByRole('searchbox', { name: 'Find by name or user name' })).toBeVisible();
    expect(await focused(page)).not.toBe('nothing');
    await keyboard.press('F6');
    expect(await focused(page)).not.toBe('side');
  });
});

/** Presses Enter on it, and looks at what has the focus for as long as what it does may take: never nothing, from the first frame on. */
async function pressAndLook(page: Page, what: Locator): Promise<void> {
  await what.focus();
  await page.evaluate(() => {
    const seen: string[] = [];
    const look = (): void => {
      const on = document.activeElement;
      seen.push(on === null || on === document.body ? 'nothing' : on.tagName);
      if (seen.length < 40) requestAnimationFrame(look);
    };
    Object.assign(globalThis, { seen });
    requestAnimationFrame(look);
  });
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => (globalThis as typeof globalThis & { seen: string[] }).seen.length >= 40);
  const seen = await page.evaluate(() => (globalThis as typeof globalThis & { seen: string[] }).seen);
  expect(seen).not.toContain('nothing');
}

test('detail 24: what sends a form, or goes when it is pressed, does not take the focus with it', async ({ browser }) => {
  const dm = await dmOf(ana, ben);
  const attic = await ana.call<{ id: string; name: string }>('POST', '/rooms', { kind: 'public', name: fresh('attic') });
  const { page } = ana;
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });

  await test.step('the forms of the settings', async () => {
    await page.goto('/settings/profile');
    await page.getByLabel('About me').fill('Fond of kettles');
    await pressAndLook(page, button('Save'));
    await expect(button('Save')).toBeFocused();
    await page.goto('/settings/status');
    await page.getByRole('textbox', { name: 'Status' }).fill('Making tea');
    await pressAndLook(page, button('Save'));
    await expect(button('Save')).toBeFocused();
    await pressAndLook(page, button('Clear status'));
    await expect(button('Clear status')).toHaveCount(0);
    expect(await focused(page)).not.toBe('nothing');
  });

  await test.step('do not disturb, on and off', async () => {
    await page.goto('/settings/quiet');
    await pressAndLook(page, button('1 hour'));
    await expect(button('1 hour')).toBeFocused();
    await pressAndLook(page, button('Switch off'));
    await expect(button('Switch off')).toHaveCount(0);
    expect(await focused(page)).not.toBe('nothing');
  });

  await test.step('a name that is taken gets it', async () => {
    await page.goto(`/r/${attic.id}`);
    await expect(composer(page)).toBeFocused();
    await side(page).getByRole('button', { name: 'New room' }).click();
    const name = page.getByRole('dialog').getByLabel('Name');
    await name.fill(attic.name);
    allow(/^answer: 409 POST \/api\/v1\/rooms$/);
    await pressAndLook(page, button('Make the room'));
    await expect(name).toBeFocused();
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await page.keyboard.press('Escape');
  });

  await test.step('all is read', async () => {
    await write(ben, dm, 'one more');
    await page.goto('/unread');
    await pressAndLook(page, button('Mark all as read'));
    await expect(page.getByText('All read.')).toBeVisible();
    expect(await focused(page)).not.toBe('nothing');
  });

  await test.step('an account that cannot be made', async () => {
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto('/register');
    await other.getByLabel('User name').fill(ana.username);
    await other.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
    allow(/^answer: 409 POST \/api\/v1\/auth\/register$/);
    await pressAndLook(other, other.getByRole('button', { name: 'Create account' }));
    await expect(other.getByLabel('User name')).toBeFocused();
    await other.getByRole('textbox', { name: 'Password' }).fill('short');
    await pressAndLook(other, other.getByRole('button', { name: 'Create account' }));
    await expect(other.getByRole('textbox', { name: 'Password' })).toBeFocused();
    await context.close();
  });
});

test('detail 24: what stands beside the room is entered by the key that opens it, and Esc closes it from anywhere', async () => {
  const attic = await roomOf(ana, [ben]);
  await write(ben, attic.id, 'a word');
  const { page } = ana;
  const { keyboard } = page;
  await page.goto(`/r/${attic.id}`);
  await expect(composer(page)).toBeFocused();
  const panels = [
    { opener: page.getByRole('button', { name: /^Members, / }), panel: page.getByRole('complementary', { name: 'Members' }) },
    { opener: page.getByRole('button', { name: /^Pinned messages/ }), panel: page.getByRole('complementary', { name: 'Pinned messages' }) },
    { opener: page.getByRole('button', { name: 'Files of this room' }), panel: page.getByRole('complementary', { name: 'Files of this room' }) },
  ];

  for (const { opener, panel } of panels) {
    await opener.focus();
    if (await panel.isVisible()) await keyboard.press('Enter');
    await expect(panel).toHaveCount(0);
    await keyboard.press('Enter');
    await expect(panel).toBeVisible();
    await expect.poll(() => focused(page)).toBe('panel');
    await keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
    await expect(opener).toBeFocused();

    // What is nearer comes first.
    await opener.click();
    await expect(panel).toBeVisible();
    await composer(page).fill('@');
    await expect(page.getByRole('listbox')).toBeVisible();
    await keyboard.press('Escape');
    await expect(page.getByRole('listbox')).toHaveCount(0);
    await expect(panel).toBeVisible();
    await composer(page).fill('');
    await page.getByRole('log', { name: 'Messages' }).focus();
    await keyboard.press('ArrowUp');
    await keyboard.press('Escape');
    await expect(panel).toBeVisible();
    await keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
    expect(await focused(page)).toBe('timeline');

    await opener.click();
    await expect(panel).toBeVisible();
    await composer(page).focus();
    await keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
    await expect(composer(page)).toBeFocused();
  }
});

test('detail 24: what a panel lies over is out of reach until it is closed', async () => {
  const attic = await roomOf(ana, [ben]);
  const { seq } = await write(ben, attic.id, 'a word');
  const { page } = ana;
  const { keyboard } = page;
  await page.setViewportSize({ width: 900, height: 700 });
  await page.goto(`/r/${attic.id}`);
  await expect(composer(page)).toBeFocused();
  const opener = page.getByRole('button', { name: /^Members, / });
  const panel = page.locator('.panel');
  await opener.focus();
  await keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Members' })).toBeVisible();
  await expect.poll(() => focused(page)).toBe('panel');
  for (let n = 0; n < 12; n++) {
    await keyboard.press(n % 3 === 2 ? 'F6' : 'Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('.side, .main') ?? null)).toBeNull();
  }
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
  await panel.getByRole('button', { name: 'Close members' }).focus();
  await keyboard.press('Enter');
  await expect(panel).toHaveCount(0);
  await expect(opener).toBeFocused();

  await test.step('a press beside it closes it, and reaches nothing below', async () => {
    await opener.click();
    await expect(panel).toBeVisible();
    await page.mouse.click(100, 300);
    await expect(panel).toHaveCount(0);
    await expect(opener).toBeFocused();
    expect(page.url()).toContain(`/r/${attic.id}`);
  });

  await test.step('a thread, too; and with room for both all is reached again', async () => {
    await page.goto(`/r/${attic.id}/t/${seq}`);
    await expect(page.getByRole('complementary', { name: 'Thread' })).toBeVisible();
    await expect(page.locator('.main')).toHaveAttribute('inert', '');
    await page.setViewportSize({ width: 1280, height: 700 });
    await expect(page.locator('.main')).not.toHaveAttribute('inert', '');
    await expect(page.locator('.side')).not.toHaveAttribute('inert', '');
    await page.setViewportSize({ width: 900, height: 700 });
    await expect(page.locator('.main')).toHaveAttribute('inert', '');
    await keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
    await expect(page.locator('.main')).not.toHaveAttribute('inert', '');
    expect(await focused(page)).not.toBe('nothing');
  });
});

test('detail 24: on a phone the way back closes what lies over the room, and only then leaves it', async () => {
  const attic = await roomOf(ana, [ben]);
  await write(ben, attic.id, 'a word');
  const { page } = ana;
  await page.setViewportSize({ width: 390, height: 780 });
  await page.goto('/');
  await side(page).getByRole('link', { name: new RegExp(attic.name) }).click();
  await expect(composer(page)).toBeVisible();
  const panel = page.locator('.panel');
  for (const opener of [page.getByRole('button', { name: /^Members, / }), page.getByRole('button', { name: 'Files of this room' })]) {
    await opener.click();
    await expect(panel.getByRole('button', { name: /^Close/ })).toBeVisible();
    await page.goBack();
    await expect(panel).toHaveCount(0);
    expect(new URL(page.url()).pathname).toBe(`/r/${attic.id}`);
    // Closed otherwise it leaves no step behind.
    await opener.click();
    await panel.getByRole('button', { name: /^Close/ }).click();
    await expect(panel).toHaveCount(0);
  }
  await expect.poll(() => page.evaluate(() => (history.state as { panel?: boolean } | null)?.panel)).not.toBe(true);
  await page.goBack();
  await expect(side(page)).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/');
});

test('detail 25: nothing is wider than 320 px, nothing moves for who asked so, and the theme follows the system at once', async () => {
  const dm = await dmOf(ana, ben);
  const { seq } = await write(ben, dm, `a long word ${'W'.repeat(80)} and https://a.example/${'path/'.repeat(30)}`);
  await ana.call('POST', `/rooms/${dm}/messages`, { cmid: crypto.randomUUID(), body: 'in a thread', thread: seq });
  const { page } = ana;
  // As wide as 1280 px are at 400 %.
  await page.setViewportSize({ width: 320, height: 256 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });

  await test.step('no screen scrolls sideways, and none has contrast that is too low', async () => {
    const screens = ['/', `/r/${dm}`, `/r/${dm}/t/${seq}`, '/threads', '/later', '/activity', '/unread', '/people', '/settings', '/settings/notifications', '/drafts'];
    for (const screen of screens) {
      await page.goto(screen);
      await expect(screen === '/' ? side(page) : page.locator('.main, .panel').filter({ visible: true }).first()).toBeVisible();
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      expect(await beyond(page), screen).toBe(0);
    }
    await page.goto(`/r/${dm}`);
    await expect(composer(page)).toBeVisible();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await expect(page.locator(`html[data-bs-theme=${scheme}]`)).toBeAttached();
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
      expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
    }
  });

  await test.step('with reduced motion nothing runs', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox')).toBeFocused();
    const moving = (): Promise<string[]> =>
      page.evaluate(() =>
        document
          .getAnimations()
          .filter(({ effect }) => effect !== null && Number(effect.getComputedTiming().duration) * Number(effect.getComputedTiming().iterations) > 50)
          .map((one) => (one as CSSAnimation).animationName ?? (one as CSSTransition).transitionProperty),
      );
    expect(await moving()).toEqual([]);
    await page.keyboard.press('Escape');
    await write(ben, dm, 'comes in quietly');
    await expect(row(page, 'comes in quietly')).toBeVisible();
    expect(await moving()).toEqual([]);
  });

  await test.step('what is seen first is dark already, before any of the app is there', async () => {
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route(/\/assets\/.*\.js$/, async (route) => {
      await held;
      await route.continue();
    });
    await page.reload({ waitUntil: 'commit' });
    const ground = (): Promise<number> =>
      page.evaluate(() => {
        if (document.body === null) return 255;
        const colours = [document.body, document.documentElement].map((one) => getComputedStyle(one).backgroundColor);
        const [r = 255, g = 255, b = 255] = (colours.find((one) => !/, 0\)$/.test(one)) ?? '').match(/\d+/g)?.map(Number) ?? [];
        return Math.max(r, g, b);
      });
    await expect.poll(ground).toBeLessThan(70);
    await expect(side(page)).toHaveCount(0);
    go();
    await expect(side(page)).toBeVisible();
    await page.unroute(/\/assets\/.*\.js$/);
  });
});

test('detail 25: names as long as they may be stand within a narrow page, and a time in one line', async () => {
  const { page } = ana;
  const dm = await dmOf(ana, ben);
  await page.setViewportSize({ width: 320, height: 640 });
  await ben.call('PATCH', '/me', { display_name: 'W'.repeat(80) });
  const long = await roomOf(ana, [ben], `room${'m'.repeat(76)}`);
  for (const screen of [`/r/${long.id}`, `/r/${dm}`]) {
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await page.goto(screen);
      await expect(page.locator('.intro-name')).toBeVisible();
      expect(await outside(page), `${screen} at ${width}`).toEqual([]);
    }
  }
  await page.locator('.dm-title').click();
  await expect(page.locator('.room-chip').filter({ hasText: long.name })).toBeVisible();
  expect(await outside(page), 'a card').toEqual([]);
  const chip = await page.locator('.room-chip').filter({ hasText: long.name }).boundingBox();
  expect((chip?.x ?? 0) + (chip?.width ?? 999)).toBeLessThan(320);
  await page.goto(`/r/${long.id}`);
  const time = page.locator('.system time').first();
  await expect(time).toBeVisible();
  expect(await time.evaluate((one) => one.getClientRects().length + Number(one.clientHeight > 26))).toBe(1);
});
