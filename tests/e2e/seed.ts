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
