import { randomUUID } from 'node:crypto';
import { type Browser, type BrowserContextOptions, expect } from '@playwright/test';
import { account, fresh, type Person, side } from './people.js';

/** Somebody who came by the API: quicker than by the screen, and able to ask the API for more. */
export interface Guest extends Person {
  id: string;
  /** Asks the API and returns its answer; one that is not a success is an error. */
  call: <T>(method: string, path: string, body?: unknown) => Promise<T>;
}

/** An account, a browser that is logged in to it, and a page that shows `path` when it is given. */
export async function enter(browser: Browser, name: string, options: BrowserContextOptions & { path?: string } = {}): Promise<Guest> {
  const { path, ...rest } = options;
  const { id, username, token, context } = await account(browser, name, rest);
  const call = async <T>(method: string, where: string, body?: unknown): Promise<T> => {
    const said = await context.request.fetch(`/api/v1${where}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { data: body }),
    });
    const text = await said.text();
    if (!said.ok()) throw new Error(`${method} ${where}: ${said.status()} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  const page = await context.newPage();
  if (path !== undefined) {
    await page.goto(path);
    await expect(side(page)).toBeAttached();
  }
  return { id, username, context, page, call };
}

/** A private room of these people; the first one made it. */
export async function roomOf(owner: Guest, others: readonly Guest[] = [], name = fresh('room')): Promise<{ id: string; name: string }> {
  const { id } = await owner.call<{ id: string }>('POST', '/rooms', { kind: 'private', name });
  for (const one of others) await owner.call('POST', `/rooms/${id}/members`, { user: one.id });
  return { id, name };
}

/** Where two people write to each other. */
export const dmOf = async (one: Guest, other: Guest): Promise<string> => (await one.call<{ id: string }>('POST', '/dms', { user: other.id })).id;

export const write = (author: Guest, room: string, body: string): Promise<{ seq: number }> =>
  author.call('POST', `/rooms/${room}/messages`, { cmid: randomUUID(), body });

/** The words that stand, or go on, where nobody can come to see them: beyond the window, and neither in something that is
 *  scrolled sideways nor cut on purpose, with three dots. What clips them lets no page be too wide. */
export const outside = (page: Person['page']): Promise<string[]> =>
  page.evaluate(() => {
    const out: string[] = [];
    const meant = (one: Element): boolean => {
      const style = getComputedStyle(one);
      return style.textOverflow === 'ellipsis' || /auto|scroll/.test(style.overflowX) || one.matches('.visually-hidden');
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node.textContent?.trim() === '' || node.parentElement?.checkVisibility({ visibilityProperty: true }) !== true) continue;
      let over: Element | null = node.parentElement;
      // The page itself is scrolled up and down, and the lists in it.
      while (over !== null && !over.matches('.timeline, .screen, .threads, .person-card, main, body') && !meant(over)) over = over.parentElement;
      if (over?.matches('.timeline, .screen, .threads, .person-card, main, body') !== true) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects())
        if (box.width > 1 && (box.left < -0.5 || box.right > innerWidth + 0.5) && (box.bottom > 0 && box.top < innerHeight)) out.push(`${node.textContent?.slice(0, 60)} at ${Math.round(box.left)} to ${Math.round(box.right)}`);
    }
    return out;
  });

/** Does something for each, some of them at once, in no order. */
export async function forAll<T>(all: readonly T[], work: (one: T) => Promise<unknown>, at_once = 16): Promise<void> {
  const left = [...all];
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: at_once }, next));
}

/** So wide that it would have to be scrolled sideways; 0: nothing is. */
export const beyond = (page: Person['page']): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
