// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Auth } from '@/client/auth';
import { systemClock } from '@/client/clock';
import { FIRST_EVENTS } from '@/client/first_room';
import { Http } from '@/client/http';
import type { Room } from '@/protocol/ops.gen';
import { type Asked, aLogin, aRoom, fakeFetch } from '@/testing/fakes';
import script from '../../public/early.js?raw';
import { fetchOrEarly } from './early';

const NOTE = JSON.stringify({ user: aLogin('').user, session: 's' });

let asked: Asked[];
let free: boolean;
let room: Partial<Room>;

beforeEach(() => {
  const answers = fakeFetch((one) => {
    if (one.path === '/auth/refresh') return aLogin(`token-${asked.length}`);
    return { ...room, path: one.path, limit: one.query.get('limit') };
  });
  asked = answers.asked;
  free = true;
  room = aRoom('5');
  vi.stubGlobal('fetch', answers.fetch);
  const request = (_name: string, ...more: unknown[]) => (more.at(-1) as (lock: unknown) => unknown)(free ? {} : null);
  vi.stubGlobal('navigator', { locks: { request: async (...args: [string]) => request(...args) } });
  vi.stubGlobal('location', { pathname: '/r/5' });
  localStorage.clear();
  globalThis.parleyEarly = undefined;
});

afterEach(() => vi.unstubAllGlobals());

/** What the page's own script does. */
const run = (): unknown => new Function(script)();
const paths = (): string[] => asked.map((one) => one.path);

test('what the client asks for first is answered by what was asked for before it', async () => {
  localStorage.setItem('parley.login', NOTE);
  run();
  await vi.waitFor(() => expect(paths()).toEqual(['/auth/refresh', '/rooms/5', '/rooms/5/messages']));
  expect(localStorage.getItem('parley.refreshing')).toBeNull();
  const http = new Http('', fetchOrEarly);
  const auth = new Auth({ http, clock: systemClock, notes: localStorage });
  await auth.start();
  const token = await auth.token();
  const query = { limit: FIRST_EVENTS };
  expect(await http.request({ method: 'GET', path: '/rooms/5', token })).toMatchObject({ path: '/rooms/5' });
  expect(await http.request({ method: 'GET', path: '/rooms/5/messages', query, token })).toMatchObject({ limit: '30' });
  expect(asked).toHaveLength(3);
  // Once: what is asked for again is asked of the server.
  await http.request({ method: 'GET', path: '/rooms/5', token });
  expect(asked).toHaveLength(4);
});

test('of a room that is not mine, or has much that is new, no messages are asked for', async () => {
  localStorage.setItem('parley.login', NOTE);
  for (room of [{ id: '5' }, aRoom('5', { n: 40, read_n: 10 })]) {
    asked.length = 0;
    run();
    await vi.waitFor(() => expect(paths()).toEqual(['/auth/refresh', '/rooms/5']));
    const key = [...(globalThis.parleyEarly?.keys() ?? [])].find((one) => one.includes('/messages'));
    expect(await globalThis.parleyEarly?.get(key ?? '')?.answer).toBeUndefined();
    expect(asked).toHaveLength(2);
  }
});

test('beside another tab, and behind a page that was left amid it, nothing is asked for', async () => {
  localStorage.setItem('parley.login', NOTE);
  free = false;
  run();
  const http = new Http('', fetchOrEarly);
  await Promise.resolve();
  expect(asked).toEqual([]);
  // The client takes its own turn.
  await http.request({ method: 'POST', path: '/auth/refresh' });
  expect(paths()).toEqual(['/auth/refresh']);
  free = true;
  localStorage.setItem('parley.refreshing', String(Date.now()));
  run();
  expect(asked).toHaveLength(1);
});

test('for nobody nothing is asked for', () => {
  run();
  expect(asked).toEqual([]);
  expect(globalThis.parleyEarly).toBeUndefined();
});
