import { afterEach, describe, expect, test } from 'vitest';
import { type NodePerson, registerPerson, until } from '@/testing/node_person';

/** Against a running Parley: PARLEY_URL=http://localhost:8080 npm test. Without it there is nothing to talk to. */
const origin = process.env.PARLEY_URL;
const EACH = Number(process.env.PARLEY_LIVE_MESSAGES ?? 100);

const people: NodePerson[] = [];

async function person(name: string): Promise<NodePerson> {
  const unique = `${name}${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
  const one = await registerPerson(origin ?? '', unique, 'correct horse battery');
  people.push(one);
  return one;
}

afterEach(() => {
  for (const one of people.splice(0)) one.stop();
});

describe.skipIf(origin === undefined)('the engine, in Node, against a running Parley', () => {
  test('two people write at once and hold the same log, without hole or double', { timeout: 120_000 }, async () => {
    const [ada, ben] = [await person('ada'), await person('ben')];
    const room = await ada.chat.openDm(ben.chat.me.id);
    await until(() => ben.chat.list.get(room.id) !== undefined);
    for (const one of [ada, ben]) await one.chat.log(room.id).openNewest();
    for (let n = 0; n < EACH; n++) {
      ada.chat.send(room.id, `a ${n}`);
      ben.chat.send(room.id, `b ${n}`);
    }
    const bodies = (one: NodePerson): string[] =>
      one.chat
        .log(room.id)
        .view.get()
        .events.filter((event) => event.type === 'message')
        .map((event) => event.body);
    await until(() => bodies(ada).length >= EACH * 2 && bodies(ben).length >= EACH * 2, 100_000);
    expect(bodies(ada)).toEqual(bodies(ben));
    for (const name of ['a', 'b']) {
      const own = bodies(ada).filter((body) => body.startsWith(name));
      expect(own).toEqual(Array.from({ length: EACH }, (_, n) => `${name} ${n}`));
    }
    expect(ada.chat.outbox.entries.get()).toEqual([]);
  });

  test('a renewed token keeps the connection', async () => {
    const ada = await person('ada');
    await ada.auth.replace(await ada.auth.token());
    const { rooms } = await ada.chat.api.call('GET /rooms', {});
    expect(rooms.length).toBeGreaterThan(0);
    expect(ada.chat.socket.state.get().status).toBe('ready');
  });
});
