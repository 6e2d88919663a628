import { expect, test } from './watched.js';
import { fresh, PASSWORD, type Process, processes } from './people.js';
import { ask, Client, type Event, history, logIn, type Login, register, type Room, type Stored } from './protocol_client.js';

// Fewer than a connection may have unanswered, enough that a crash hits several at once.
const WINDOW = 8;
const ROOMS = 4;

let ana: Login;
let ben: Login;
let url: string;
const clients: Client[] = [];

test.beforeAll(async ({}, info) => {
  url = info.project.use.baseURL!;
  ana = await register(url, fresh('ana'), PASSWORD);
  ben = await register(url, fresh('ben'), PASSWORD);
});

test.afterEach(() => {
  const complaints = clients.flatMap((c) => c.complaints);
  for (const client of clients.splice(0)) client.stop();
  expect(complaints).toEqual([]);
});

/** A public room of Ana's that Ben joined: its log begins with `created` and `joined`. */
async function meet(): Promise<string> {
  const body = { name: fresh('exchange '), kind: 'public' };
  const room = await ask<Room>(url, 'POST', '/rooms', { token: ana.access_token, body });
  await ask<Room>(url, 'POST', `/rooms/${room.id}/join`, { token: ben.access_token });
  return room.id;
}

/** A client that has read the rooms so far. */
async function arrive(base: string, login: Login, rooms: string[]): Promise<Client> {
  const client = new Client(base, login, WINDOW);
  clients.push(client);
  for (const room of rooms) client.watch(room);
  await expect.poll(() => rooms.map((room) => client.events(room).length)).toEqual(rooms.map(() => 2));
  return client;
}

const texts = (who: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${who} ${i + 1}`);

/** What was acked, by its text, room by room. */
type Acked = Map<string, Map<string, Stored>>;

/** Hands all texts to the client at once, room after room in turn; it sends them as fast as its window goes. */
async function say(client: Client, all: string[], acked: Acked, onAck: () => void = () => undefined): Promise<void> {
  const rooms = [...acked.keys()];
  await Promise.all(
    all.map(async (text, i) => {
      const room = rooms[i % rooms.length]!;
      acked.get(room)!.set(text, await client.send(room, text));
      onAck();
    }),
  );
}

/** All acks hold, nobody has a hole, a double or another order, and the database has the same. */
async function expectOneLog(room: string, acked: Map<string, Stored>): Promise<Event[]> {
  const length = acked.size + 2;
  for (const client of clients) {
    await expect.poll(() => client.events(room).length, { timeout: 30_000 }).toBe(length);
  }
  const log = await history(url, ana.access_token, room);
  expect(log.map((e) => e.seq)).toEqual(Array.from({ length }, (_, i) => i + 1));
  expect(log.slice(0, 2).map((e) => e.type)).toEqual(['created', 'joined']);
  // Every text once, at the place that its ack had said.
  expect(new Map(log.slice(2).map((e) => [e.body, e.seq]))).toEqual(new Map([...acked].map(([text, ack]) => [text, ack.seq])));
  expect(log.slice(2).map((e) => e.n)).toEqual(Array.from({ length: acked.size }, (_, i) => i + 1));
  const view = (events: readonly Event[]): string[] => events.map((e) => `${e.seq} ${e.type} ${e.sender} ${e.body}`);
  for (const client of clients) expect(view(client.events(room))).toEqual(view(log));
  for (const connection of clients.flatMap((c) => c.connections)) {
    const live = connection.live.get(room) ?? [];
    expect(new Set(live).size, 'an event came twice on one connection').toBe(live.length);
  }
  return log;
}

/** What a person said is there in the order it was said in, unless a part was refused for now and was overtaken. */
function expectOwnOrder(log: Event[], client: Client, all: string[]): void {
  if (client.nacks > 0) return;
  const said = log.filter((e) => e.type === 'message' && e.sender === client.login.user.id).map((e) => e.body);
  expect(said).toEqual(all.filter((text) => said.includes(text)));
}

for (const way of ['through the balancer', 'each at a gateway of their own']) {
  test(`two people exchange 1,000 messages each, ${way}`, async () => {
    const gateways = processes().filter((p) => p.name.startsWith('gateway-'));
    const bases = way === 'through the balancer' ? [url, url] : gateways.map((g) => `http://${g.address}`);
    expect(bases.length).toBeGreaterThanOrEqual(2);
    const room = await meet();
    const acked: Acked = new Map([[room, new Map()]]);
    const [a, b] = [await arrive(bases[0]!, ana, [room]), await arrive(bases[1]!, ben, [room])];
    const [hers, his] = [texts('ana', 1000), texts('ben', 1000)];
    await Promise.all([say(a, hers, acked), say(b, his, acked)]);
    expect(acked.get(room)!.size).toBe(2000);
    const log = await expectOneLog(room, acked.get(room)!);
    expectOwnOrder(log, a, hers);
    expectOwnOrder(log, b, his);
    // Nothing was disturbed: one connection each, on which every message came by itself, once, and in order.
    for (const client of [a, b]) {
      expect(client.connections.length).toBe(1);
      expect(client.connections[0]!.live.get(room)).toEqual(log.slice(2).map((e) => e.seq));
    }
  });
}

/** The process when all are ready; undefined while one is not, which makes ./parley status fail. */
function find(name: string): Process | undefined {
  try {
    return processes().find((p) => p.name === name);
  } catch {
    return undefined;
  }
}

for (const name of ['gateway-1', 'gateway-2', 'msg-svc-1', 'msg-svc-2', 'auth-svc-1', 'presence-svc-1']) {
  test(`${name} is killed in the middle of an exchange, and nothing is lost or doubled`, async () => {
    const victim = find(name)!;
    expect(victim.state).toBe('ready');
    // Several rooms, so that each msg-svc has some of them; two devices each, so that each gateway has some of those.
    const rooms = await Promise.all(Array.from({ length: ROOMS }, meet));
    const acked: Acked = new Map(rooms.map((room) => [room, new Map()]));
    const [a, b] = [await arrive(url, ana, rooms), await arrive(url, ben, rooms)];
    await arrive(url, ana, rooms);
    await arrive(url, ben, rooms);
    let acks = 0;
    const kill = (): void => {
      acks += 1;
      if (acks === 200) process.kill(victim.pid, 'SIGKILL');
    };
    const [hers, his] = [texts('ana', 300), texts('ben', 300)];
    await Promise.all([say(a, hers, acked, kill), say(b, his, acked, kill)]);
    expect(acks).toBe(600);
    for (const room of rooms) {
      const log = await expectOneLog(room, acked.get(room)!);
      expectOwnOrder(log, a, hers);
      expectOwnOrder(log, b, his);
    }
    const lost = clients.filter((c) => c.connections.length > 1).length;
    if (name.startsWith('gateway-')) expect(lost).toBeGreaterThan(0);
    else expect(lost, 'only a gateway has connections to lose').toBe(0);
    const back = (): boolean => {
      const now = find(name);
      return now !== undefined && now.pid !== victim.pid && now.state === 'ready';
    };
    await expect.poll(back, { timeout: 30_000, intervals: [250] }).toBe(true);
    // It goes on: both are heard in every room, and one can log in.
    await Promise.all([say(a, texts('ana after', ROOMS), acked), say(b, texts('ben after', ROOMS), acked)]);
    for (const room of rooms) await expectOneLog(room, acked.get(room)!);
    expect((await logIn(url, ana.user.username, PASSWORD)).user.id).toBe(ana.user.id);
  });
}
