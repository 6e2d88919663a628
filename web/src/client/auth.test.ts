import { beforeEach, describe, expect, test } from 'vitest';
import { type Asked, aLogin, aUser, FakeClock, fakeFetch, settled } from '@/testing/fakes';
import { Auth, type Channel, type Locks, type Notes } from './auth';
import { ApiError } from './error';
import { Http } from './http';

let clock: FakeClock;
let notes: Notes;
let tabs: Channel[];
let locks: Locks;
let answer: (asked: Asked) => unknown;
let asked: Asked[];
let http: Http;

/** The server's side: a refresh cookie is good for one use. */
let issued: number;

beforeEach(() => {
  clock = new FakeClock();
  const kept = new Map<string, string>();
  notes = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  tabs = [];
  let queue: Promise<unknown> = Promise.resolve();
  locks = {
    request: (_name, work) => {
      const turn = queue.then(work);
      queue = turn.catch(() => {});
      return turn;
    },
  };
  issued = 0;
  answer = () => aLogin(`token-${++issued}`);
  const server = fakeFetch((one) => answer(one));
  asked = server.asked;
  http = new Http('', server.fetch);
});

/** A tab of the browser: shares lock, channel and notes with the others. */
function tab(): Auth {
  const channel: Channel = {
    onmessage: null,
    postMessage: (data) => {
      for (const other of tabs) if (other !== channel) other.onmessage?.({ data } as MessageEvent);
    },
  };
  tabs.push(channel);
  return new Auth({ http, clock, locks, channel, notes });
}

const paths = (): string[] => asked.map((one) => one.path);

describe('auth', () => {
  test('asks nothing of the server when nobody has logged in here', async () => {
    const auth = tab();
    await auth.start();
    expect(auth.state.get()).toEqual({ status: 'out', why: 'none' });
    expect(asked).toEqual([]);
  });

  test('finds the login of an earlier visit by its cookie', async () => {
    notes.setItem('parley.login', '1');
    const auth = tab();
    await auth.start();
    expect(auth.state.get()).toMatchObject({ status: 'in', user: { id: '7' } });
    expect(await auth.token()).toBe('token-1');
    expect(paths()).toEqual(['/auth/refresh']);
  });

  test('keeps the token out of what it notes', async () => {
    const auth = tab();
    await auth.login('ada', 'secret-password');
    const { session, user } = aLogin('');
    expect(JSON.parse(notes.getItem('parley.login') ?? '')).toEqual({ user, session });
    expect(asked[0]?.body).toEqual({ username: 'ada', password: 'secret-password' });
  });

  test('knows who it was before the server has answered, and what the server says of them counts', async () => {
    const { session, user } = aLogin('');
    notes.setItem('parley.login', JSON.stringify({ user: { ...user, display_name: 'Before' }, session }));
    const auth = tab();
    const started = auth.start();
    expect(auth.state.get()).toMatchObject({ status: 'in', user: { display_name: 'Before' } });
    expect(await auth.token()).toBe('token-1');
    await started;
    expect(auth.state.get()).toEqual({ status: 'in', user, session });
    expect(paths()).toEqual(['/auth/refresh']);
  });

  test('goes out when whoever it was is not let in any more', async () => {
    const { session, user } = aLogin('');
    notes.setItem('parley.login', JSON.stringify({ user, session }));
    answer = () => [401, { code: 'unauthorized', message: '', request_id: '' }];
    const auth = tab();
    await auth.start();
    expect(auth.state.get()).toEqual({ status: 'out', why: 'ended' });
    expect(notes.getItem('parley.login')).toBeNull();
  });

  test('is out when the cookie is not good any more', async () => {
    notes.setItem('parley.login', '1');
    answer = () => [401, { code: 'session_revoked', message: 'This login has ended.', request_id: 'r' }];
    const auth = tab();
    await auth.start();
    expect(auth.state.get()).toEqual({ status: 'out', why: 'ended' });
    expect(notes.getItem('parley.login')).toBeNull();
  });

  test('goes on asking while the server cannot be reached, and knows nothing meanwhile', async () => {
    notes.setItem('parley.login', '1');
    let down = true;
    answer = () => {
      if (down) throw new TypeError('fetch failed');
      return aLogin('token-9');
    };
    const auth = tab();
    void auth.start();
    await clock.pass(5_000);
    expect(auth.state.get()).toEqual({ status: 'unknown' });
    expect(asked.length).toBeGreaterThan(1);
    down = false;
    await clock.pass(20_000);
    expect(auth.state.get()).toMatchObject({ status: 'in' });
  });

  test('makes one refresh of many calls that need one', async () => {
    const auth = tab();
    await auth.login('ada', 'secret-password');
    await clock.pass(0);
    asked.length = 0;
    const before = await auth.token();
    const tokens = await Promise.all([auth.replace(before), auth.replace(before), auth.replace(before)]);
    expect(paths()).toEqual(['/auth/refresh']);
    expect(new Set(tokens).size).toBe(1);
  });

  test('refreshes before the token ends, and says so', async () => {
    const auth = tab();
    await auth.login('ada', 'secret-password');
    const heard: string[] = [];
    auth.events.on('token', (token) => heard.push(token));
    await clock.pass(900_000 * 0.8 - 1);
    expect(heard).toEqual([]);
    await clock.pass(1_000);
    expect(heard).toEqual(['token-2']);
  });

  test('tries the renewal again when it did not come through', async () => {
    const auth = tab();
    await auth.login('ada', 'secret-password');
    let failures = 2;
    answer = () => {
      if (failures-- > 0) return [503, 'no server'];
      return aLogin('token-after');
    };
    await clock.pass(800_000);
    expect(await auth.token()).toBe('token-after');
    expect(auth.state.get().status).toBe('in');
  });

  test('never uses a refresh cookie in two tabs at once, and shares what one tab got', async () => {
    let under_way = 0;
    let most = 0;
    answer = async () => {
      most = Math.max(most, ++under_way);
      await settled();
      under_way--;
      return aLogin(`token-${++issued}`);
    };
    notes.setItem('parley.login', '1');
    const all = [tab(), tab(), tab()];
    const started = all.map((auth) => auth.start());
    for (let turn = 0; turn < 10; turn++) await clock.pass(100);
    await Promise.all(started);
    expect(most).toBe(1);
    const tokens = await Promise.all(all.map((auth) => auth.token()));
    expect(new Set(tokens).size).toBe(1);
  });

  test('lets a refresh that a reload cut off finish first', async () => {
    notes.setItem('parley.login', '1');
    notes.setItem('parley.refreshing', String(clock.now() - 200));
    const auth = tab();
    void auth.start();
    await clock.pass(1_200);
    expect(asked).toEqual([]);
    await clock.pass(200);
    expect(paths()).toEqual(['/auth/refresh']);
  });

  test('logs out in every tab', async () => {
    const [one, two] = [tab(), tab()];
    await one.login('ada', 'secret-password');
    expect(two.state.get()).toMatchObject({ status: 'in' });
    await two.logout();
    expect(one.state.get()).toEqual({ status: 'out', why: 'logged_out' });
    expect(paths()).toEqual(['/auth/login', '/auth/logout']);
    await expect(one.token()).rejects.toBeInstanceOf(ApiError);
  });

  test('hides the app on log out even when the server cannot be told', async () => {
    const auth = tab();
    await auth.login('ada', 'secret-password');
    answer = () => {
      throw new TypeError('fetch failed');
    };
    await auth.logout();
    expect(auth.state.get().status).toBe('out');
    expect(notes.getItem('parley.login')).toBeNull();
  });

  test('follows another tab to another person', async () => {
    const [one, two] = [tab(), tab()];
    await one.login('ada', 'secret-password');
    answer = () => aLogin('token-of-ben', aUser('9', 'Ben'));
    await two.login('ben', 'secret-password');
    expect(one.state.get()).toMatchObject({ status: 'in', user: { id: '9' } });
  });

  test('shows what was wrong with a login', async () => {
    answer = () => [401, { code: 'bad_credentials', message: 'User name or password is wrong.', request_id: 'r1' }];
    const auth = tab();
    await expect(auth.login('ada', 'nope')).rejects.toMatchObject({
      code: 'bad_credentials',
      status: 401,
      request_id: 'r1',
    });
    expect(auth.state.get().status).toBe('unknown');
  });

  test('tries again when its turn does not come', async () => {
    const { request } = locks;
    let waits = 0;
    locks.request = (name, work) =>
      ++waits === 1 ? Promise.reject(new DOMException('', 'TimeoutError')) : request(name, work);
    notes.setItem('parley.login', '1');
    const auth = tab();
    const started = auth.start();
    await settled();
    expect(auth.state.get().status).toBe('unknown');
    await clock.pass(1_000);
    await started;
    expect(auth.state.get().status).toBe('in');
    expect(paths()).toEqual(['/auth/refresh']);
  });
});
