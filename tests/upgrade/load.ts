// People who write without a pause while the server is changed under them, through the client's own engine.
//   node --import ./tests/faults/loader.mjs tests/upgrade/load.ts URL PEOPLE
// Says "writing" when all of them do. SIGTERM: they stop, all that they wrote must be acknowledged within a minute, and be in
// the log once, in each writer's order, and what every page shows must be the log's end. Prints figures as JSON; exit code 1
// when a message was lost, doubled, or out of order.
import { randomUUID } from 'node:crypto';
import { type NodePerson, registerPerson, until } from '@/testing/node_person';

const [url = '', count = '6'] = process.argv.slice(2);
const EVERY_MS = 120;
const PASSWORD = 'correct horse battery';
const tag = randomUUID().slice(0, 6);
const sent: string[][] = [];
const acked = new Set<string>();
let longest_ms = 0;
let failed = 0;

const people: NodePerson[] = [];
for (let i = 0; i < Number(count); i++) people.push(await registerPerson(url, `load${tag}${i}`, PASSWORD));
const [first] = people;
if (first === undefined) throw new Error('nobody');
const room = (await first.chat.api.call('POST /rooms', { body: { name: `load ${tag}`, kind: 'public' } })).id;
for (const one of people.slice(1)) await one.chat.api.call('POST /rooms/{room}/join', { params: { room } });
for (const { chat } of people) {
  await until(() => chat.list.rooms.get().has(room));
  chat.logs.activate(room);
  await chat.log(room).openNewest();
}

const since = new Map<string, number>();
people.forEach(({ chat }, i) => {
  sent[i] = [];
  chat.outbox.events.on('settled', ({ body, cmid }) => {
    acked.add(body);
    longest_ms = Math.max(longest_ms, Date.now() - (since.get(cmid) ?? Date.now()));
  });
  chat.outbox.events.on('failed', ({ cmid, code }) => {
    failed++;
    console.error(`refused: ${cmid} ${code}`);
  });
});
const timers = people.map(({ chat }, i) =>
  setInterval(() => {
    const body = `${i} ${sent[i]?.length}`;
    sent[i]?.push(body);
    since.set(chat.send(room, body), Date.now());
  }, EVERY_MS),
);
console.log('writing');
await new Promise<void>((resolve) => process.on('SIGTERM', () => resolve()));
for (const timer of timers) clearInterval(timer);

const written = sent.flat();
const complaints: string[] = [];
const complain = (words: string): void => void complaints.push(words);
await until(() => acked.size === written.length, 60_000).catch(() =>
  complain(`${written.length - acked.size} of ${written.length} never acknowledged`),
);

// The log, as a device that holds nothing reads it.
const log: { seq: number; sender: string; body: string; type: string }[] = [];
for (let after = 0; ; ) {
  const page = await first.chat.api.call('GET /rooms/{room}/messages', {
    params: { room },
    query: { after, limit: 200 },
  });
  log.push(...page.events);
  after = log.at(-1)?.seq ?? 0;
  if (page.events.length === 0 || after >= page.head) break;
}
log.forEach((event, at) => {
  if (event.seq !== at + 1) complain(`a hole at ${at + 1}`);
});
const stored = log.filter(({ type }) => type === 'message');
const times = new Map<string, number>();
for (const { body } of stored) times.set(body, (times.get(body) ?? 0) + 1);
for (const body of acked) if (!times.has(body)) complain(`lost: ${body}`);
for (const [body, n] of times) if (n > 1) complain(`${n} times: ${body}`);
people.forEach(({ chat }, i) => {
  const mine = stored.filter(({ sender }) => sender === chat.me.id).map(({ body }) => body);
  if (mine.some((body, at) => at > 0 && Number(body.split(' ')[1]) < Number(mine[at - 1]?.split(' ')[1])))
    complain(`${i} is out of order`);
});
const end = log.at(-1)?.seq;
for (const { chat } of people) {
  // A page holds some hundred events; what came behind those is loaded as by who goes to the end.
  await chat.log(room).openNewest();
  await until(() => chat.log(room).last_seq === end).catch(() =>
    complain(`a page ends at ${chat.log(room).last_seq}, the log at ${end}`),
  );
}

console.log(
  JSON.stringify({
    people: people.length,
    written: written.length,
    acked: acked.size,
    stored: stored.length,
    failed,
    longest_ms,
    complaints: complaints.slice(0, 20),
  }),
);
process.exit(complaints.length === 0 && failed === 0 ? 0 : 1);
