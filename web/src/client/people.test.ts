import { beforeEach, describe, expect, test } from 'vitest';
import type { Me, User } from '@/protocol/ops.gen';
import { aMe, aUser, FakeClock, fakeFetch, settled } from '@/testing/fakes';
import { Account } from './account';
import { Api } from './api';
import type { Auth } from './auth';
import { Http } from './http';
import { People } from './people';
import { PresenceBook } from './presence';

let clock: FakeClock;
let server: Map<string, User>;
let me: Me;
let fails: boolean;
/** While set, my account is not answered. */
let holding: Promise<void> | undefined;
let asked: { method: string; path: string; query: URLSearchParams }[];
let people: People;
let account: Account;
let presence: PresenceBook;

beforeEach(() => {
  clock = new FakeClock();
  server = new Map(['7', '8', '9'].map((id) => [id, { ...aUser(id), version: 1 }]));
  me = aMe(aUser('7'));
  fails = false;
  holding = undefined;
  const answers = fakeFetch((one) => {
    if (fails) return [503, { code: 'unavailable', message: '', request_id: '' }];
    if (one.path === '/users') {
      const ids = (one.query.get('ids') ?? '').split(',');
      return { users: ids.flatMap((id) => server.get(id) ?? []), total: 0, complete: true };
    }
    if (one.path === '/presence') {
      const ids = (one.query.get('users') ?? '').split(',');
      return { users: ids.map((id) => ({ user: id, state: 'offline', profile: server.get(id)?.version ?? 0 })) };
    }
    const now = me;
    if (one.path === '/me') return (holding ?? Promise.resolve()).then(() => now);
    return one.path === '/me/status' ? me : undefined;
  });
  asked = answers.asked as typeof asked;
  const auth = { token: async () => 't', replace: async () => 't' } as unknown as Auth;
  const api = new Api(new Http('', answers.fetch), auth);
  people = new People(api, clock);
  account = new Account({ me: aUser('7'), api, people }, clock);
  presence = new PresenceBook(api, clock, [people, account]);
});

const requests = (path: string): number => asked.filter((one) => one.path === path).length;

describe('people', () => {
  test('are asked for once, together, and known then', async () => {
    people.need(['8', '9']);
    people.need(['8']);
    await clock.pass(1_000);
    people.need(['8', '9']);
    await clock.pass(1_000);
    expect(requests('/users')).toBe(1);
    expect(people.get('8')?.version).toBe(1);
  });

  test('who is not there any more is not asked for again and again', async () => {
    for (let turn = 0; turn < 5; turn++) {
      people.need(['404']);
      await clock.pass(10_000);
    }
    expect(requests('/users')).toBe(1);
  });

  test('a notice of a newer version brings the person anew, of an older or the same one nothing', async () => {
    people.need(['8']);
    await clock.pass(100);
    server.set('8', { ...aUser('8', 'Renamed'), version: 3, status: { emoji: '🌴', text: '' } });
    people.heard([{ user: '8', state: 'online', profile: 3 }]);
    await clock.pass(100);
    expect(people.get('8')).toMatchObject({ display_name: 'Renamed', status: { emoji: '🌴' } });
    people.heard([
      { user: '8', state: 'online', profile: 2 },
      { user: '8', state: 'online', profile: 3 },
      { user: '1000', state: 'online', profile: 3 },
    ]);
    await clock.pass(100);
    expect(requests('/users')).toBe(2);
  });

  test('an answer that is older than what is known does not replace it', async () => {
    people.put([{ ...aUser('8', 'New'), version: 5 }]);
    people.put([{ ...aUser('8', 'Old'), version: 4 }]);
    expect(people.get('8')?.display_name).toBe('New');
  });

  test('what lists of rooms tell, without a version, replaces nothing that has one but asks', async () => {
    people.put([{ ...aUser('8', 'Known'), version: 5 }]);
    server.set('8', { ...aUser('8', 'Newest'), version: 6 });
    people.put([aUser('8', 'Newest')]);
    expect(people.get('8')?.display_name).toBe('Known');
    await clock.pass(100);
    expect(people.get('8')?.display_name).toBe('Newest');
  });

  test('a list leaves out what a profile said; of the same version it stays', () => {
    people.put([{ ...aUser('8'), version: 2, about: 'boats', time_zone: 'UTC' }]);
    people.put([{ ...aUser('8'), version: 2 }]);
    expect(people.get('8')).toMatchObject({ about: 'boats', time_zone: 'UTC' });
    people.put([{ ...aUser('8'), version: 3 }]);
    expect(people.get('8')?.about).toBeUndefined();
  });

  test('what changes nothing tells nobody', () => {
    let told = 0;
    people.put([{ ...aUser('8'), version: 2 }]);
    people.users.subscribe(() => told++);
    people.put([{ ...aUser('8'), version: 2 }]);
    people.put([aUser('8')]);
    expect(told).toBe(0);
  });

  test('of times of quiet only the next is told: behind it is asked again', async () => {
    server.set('8', { ...aUser('8'), version: 1, dnd: { from: clock.now(), until: clock.now() + 60_000 } });
    people.need(['8']);
    await clock.pass(100);
    people.need(['8']);
    await clock.pass(100);
    expect(requests('/users')).toBe(1);
    await clock.pass(60_000);
    people.need(['8']);
    await clock.pass(100);
    expect(requests('/users')).toBe(2);
  });

  test('a notice that was lost is made up for after a reconnect', async () => {
    people.need(['8']);
    await clock.pass(100);
    server.set('8', { ...aUser('8', 'Renamed'), version: 2 });
    presence.refresh(people.users.get().keys());
    await clock.pass(1_000);
    expect(people.get('8')?.display_name).toBe('Renamed');
  });

  test('an answer that failed is asked for again', async () => {
    fails = true;
    people.need(['8']);
    await clock.pass(100);
    fails = false;
    await clock.pass(5_000);
    expect(people.get('8')).toBeDefined();
  });
});

describe('my account', () => {
  test('is read again when my own person is told of, once for several notices', async () => {
    account.refresh();
    await clock.pass(1_000);
    me = { ...me, hide_last_seen: true, blocked: ['9'] };
    presence.put([{ user: '7', state: 'online' }]);
    presence.put([{ user: '7', state: 'away' }]);
    presence.put([{ user: '8', state: 'away' }]);
    await clock.pass(1_000);
    expect(requests('/me')).toBe(2);
    expect(account.me.get()?.hide_last_seen).toBe(true);
    expect(account.blocks('9')).toBe(true);
  });

  test('a block counts at once, and an answer that was under way does not take it back', async () => {
    let release = (): void => {};
    holding = new Promise((resolve) => {
      release = resolve;
    });
    account.refresh(0);
    await clock.pass(0);
    await account.block('9');
    me = { ...me, blocked: ['9'] };
    release();
    await settled();
    expect(account.blocks('9')).toBe(true);
    await clock.pass(1_000);
    expect(requests('/me')).toBe(2);
    expect(account.blocks('9')).toBe(true);
    await account.unblock('9');
    expect(account.blocks('9')).toBe(false);
  });

  test('an answer that failed is asked for again; after the end nothing is', async () => {
    fails = true;
    account.refresh();
    await clock.pass(1_000);
    fails = false;
    await clock.pass(10_000);
    expect(account.me.get()?.id).toBe('7');
    account.stop();
    account.refresh();
    await clock.pass(10_000);
    expect(requests('/me')).toBe(2);
  });

  test('my own status is among people, too', async () => {
    me = { ...me, version: 2, status: { emoji: '🎧', text: 'focus' } };
    await account.setStatus({ emoji: '🎧', text: 'focus' });
    expect(people.get('7')?.status?.text).toBe('focus');
  });
});
