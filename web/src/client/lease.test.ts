import { beforeEach, describe, expect, test } from 'vitest';
import { aLogin, FakeClock, fakeFetch, settled } from '@/testing/fakes';
import { Auth, type Channel, type Notes } from './auth';
import type { Clock } from './clock';
import { Http } from './http';
import { HELD_FOR_LIFE, LeaseLocks } from './lease';

const NAME = 'parley.refresh';

let clock: FakeClock;
let kept: Map<string, string>;
let notes: Notes;
let channels: Channel[];

beforeEach(() => {
  clock = new FakeClock();
  kept = new Map();
  notes = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  channels = [];
});

function shared(all: Channel[]): Channel {
  const channel: Channel = {
    onmessage: null,
    postMessage: (data) => {
      for (const other of all) if (other !== channel) other.onmessage?.({ data } as MessageEvent);
    },
  };
  all.push(channel);
  return channel;
}

const tab = (owner: string): LeaseLocks => new LeaseLocks({ clock, notes, channel: shared(channels), owner });

/** Timers come at whole minutes only. */
function hiddenTabClock(): Clock {
  return {
    now: () => clock.now(),
    random: () => clock.random(),
    cancel: (timer) => clock.cancel(timer),
    after: (ms, fn) => clock.after(Math.ceil((clock.now() + ms) / 60_000) * 60_000 - clock.now(), fn),
  };
}

describe('a lease', () => {
  test('lets one tab work after the other, also those that ask at the same moment', async () => {
    let under_way = 0;
    let most = 0;
    const done: string[] = [];
    const work = (who: string) => async (): Promise<void> => {
      most = Math.max(most, ++under_way);
      await new Promise<void>((resolve) => clock.after(500, resolve));
      under_way--;
      done.push(who);
    };
    const [a, b] = [tab('a'), tab('b')];
    const all = [a.request(NAME, work('a')), b.request(NAME, work('b')), a.request(NAME, work('a'))];
    await clock.pass(4_000);
    await Promise.all(all);
    expect(most).toBe(1);
    expect(done.sort()).toEqual(['a', 'a', 'b']);
    expect(kept.size).toBe(0);
  });

  test('is waited for as long as its tab lives, by who has the patience, and given up when that is gone', async () => {
    const patient = new LeaseLocks({ clock, notes, owner: 'p', patience_ms: Number.POSITIVE_INFINITY });
    let end: () => void = () => {};
    const held = tab('a').request(NAME, () => new Promise<void>((resolve) => (end = resolve)));
    await clock.pass(1_000);
    let taken = false;
    const waits = patient.request(NAME, async () => {
      taken = true;
    });
    await clock.pass(120_000);
    expect(taken).toBe(false);
    end();
    await held;
    await clock.pass(1_000);
    await waits;
    expect(taken).toBe(true);
  });

  test('held for life outlasts the sleep of timers in the background, and is free at once when its page goes', async () => {
    // Nothing of a hidden tab runs but once a minute.
    const hidden = new LeaseLocks({
      ...HELD_FOR_LIFE,
      clock: hiddenTabClock(),
      notes,
      channel: shared(channels),
      owner: 'h',
    });
    const other = new LeaseLocks({ ...HELD_FOR_LIFE, clock, notes, channel: shared(channels), owner: 'o' });
    void hidden.request(NAME, () => new Promise<void>(() => {}));
    await clock.pass(61_000);
    let taken = false;
    const waits = other.request(NAME, async () => {
      taken = true;
    });
    await clock.pass(600_000);
    expect(taken).toBe(false);
    hidden.leave();
    await clock.pass(1_000);
    await waits;
    expect(taken).toBe(true);
  });

  test('held for life is looked for every two seconds, no oftener', async () => {
    let looks = 0;
    kept.set(NAME, `gone ${clock.now() + 90_000}`);
    const counting = { ...notes, getItem: (key: string) => (++looks > 0 ? notes.getItem(key) : null) };
    const waits = new LeaseLocks({ ...HELD_FOR_LIFE, clock, notes: counting, owner: 'b' }).request(
      NAME,
      async () => {},
    );
    await clock.pass(80_000);
    expect(looks).toBeLessThanOrEqual(41);
    await clock.pass(13_000);
    await waits;
  });

  test('goes on to the next when the work before failed, and tells whose it was', async () => {
    const [a, b] = [tab('a'), tab('b')];
    const failed = expect(a.request(NAME, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await clock.pass(200);
    await failed;
    const next = b.request(NAME, () => Promise.resolve('yes'));
    await clock.pass(200);
    expect(await next).toBe('yes');
  });

  test('is kept for as long as the work takes', async () => {
    let ran = false;
    const [a, b] = [tab('a'), tab('b')];
    const long = a.request(NAME, () => new Promise<void>((resolve) => clock.after(20_000, resolve)));
    await clock.pass(100);
    const short = b.request(NAME, async () => {
      ran = true;
    });
    await clock.pass(19_000);
    expect(ran).toBe(false);
    await clock.pass(2_000);
    await Promise.all([long, short]);
    expect(ran).toBe(true);
  });

  test('of a tab that was closed ends by itself', async () => {
    kept.set(NAME, `gone ${clock.now() + 6_000}`);
    let ran = false;
    const turn = tab('b').request(NAME, async () => {
      ran = true;
    });
    await clock.pass(5_900);
    expect(ran).toBe(false);
    await clock.pass(500);
    await turn;
    expect(ran).toBe(true);
  });

  test('is no obstacle where nothing can be kept', async () => {
    const nothing: Notes = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
    const locks = new LeaseLocks({ clock, notes: nothing, owner: 'a' });
    expect(await locks.request(NAME, () => Promise.resolve(1))).toBe(1);
  });

  test('keeps two tabs from using one refresh cookie twice, and no token is kept', async () => {
    let issued = 0;
    let under_way = 0;
    let most = 0;
    const server = fakeFetch(async () => {
      most = Math.max(most, ++under_way);
      await settled();
      under_way--;
      return aLogin(`token-${++issued}`);
    });
    const http = new Http('', server.fetch);
    notes.setItem('parley.login', '1');
    const logins: Channel[] = [];
    const all = ['a', 'b', 'c'].map(
      (owner) => new Auth({ http, clock, locks: tab(owner), channel: shared(logins), notes }),
    );
    const started = all.map((auth) => auth.start());
    await clock.pass(3_000);
    await Promise.all(started);
    expect(most).toBe(1);
    expect(issued).toBe(1);
    expect(await Promise.all(all.map((auth) => auth.token()))).toEqual(['token-1', 'token-1', 'token-1']);
    expect([...kept.values()].join()).not.toContain('token');
  });
});
