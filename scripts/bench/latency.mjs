// Measures what `./parley bench latency` tells.
//   DIR ROUNDS RUN_MS   what runs is told on standard input (scripts/lib/load.sh)
// Prints tables; writes DIR/figures.json and DIR/chart.svg. Exit code 1 when something was lost or refused.
import { balanced, beside, medianOf, parley, run, save, saveChart, setup, table, times } from './load.mjs';

const [dir, rounds, runMs] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
const SIZE = 200;
/** Messages a second. A lone one has been everywhere long before the next; no clock that beats in whole milliseconds goes with it. */
const cells = [
  { title: 'A lone message: one subscriber, at the other gateway', clients: 1, rate: 47.3 },
  { title: '20,000 deliveries a second: 100 subscribers', clients: 100, rate: 200 },
  { title: '20,000 deliveries a second: 1000 subscribers', clients: 1000, rate: 20 },
];
const LONE_SAMPLES = 1000;

const subjects = [...beside.slice(0, 1), parley, balanced, ...beside.slice(1)];
const runs = [];
for (const { clients, rate } of cells)
  for (let round = 0; round < rounds; round++)
    for (const subject of subjects) {
      const rooms = subject.dialect === 'parley' ? { rooms: `${setup.crowd}/room${clients}` } : {};
      const length = clients === 1 ? Math.max(runMs, Math.ceil((LONE_SAMPLES / rate) * 1000)) : runMs;
      const figures = run('fan', subject, clients, { rate, size: SIZE, run: length, ...rooms });
      runs.push({ round, subject: subject.name, ...figures });
      process.stderr.write(`    ${clients} subscribers, round ${round + 1}, ${subject.name}: ${times([figures], 'delivery')} ms\n`);
    }

const groups = [];
for (const { title, clients } of cells) {
  const of = (subject) => runs.filter((one) => one.clients === clients && one.subject === subject.name);
  const rows = subjects.map((subject) => [
    subject.name,
    times(of(subject), 'delivery'),
    times(of(subject), 'ack'),
    String(of(subject).reduce((all, one) => all + (one.delivery?.count ?? 0), 0)),
  ]);
  console.log(`## ${title}\n`);
  console.log(table(['server', 'due to screen, p50 / p99 / p99.9 ms', 'due to ack (committed)', 'screens'], rows));
  groups.push([title, subjects.map((subject) => [subject.name, medianOf(of(subject), (one) => one.delivery.p50_us) / 1000])]);
}
const PARTS = [
  ['msg-svc takes it, to its transaction', 'ack_queue'],
  ['the transaction, to its commit', 'ack_commit'],
  ['the gateway reads it, to its writing the ack', 'ack_server'],
  ['due, to the ack being read', 'ack'],
];
console.log('## Where the time of an ack goes: Parley at its gateways\n');
const ofParley = (clients) => runs.filter((one) => one.clients === clients && one.subject === parley.name);
console.log(table(['from', ...cells.map(({ title }) => `${title}, p50 / p99 ms`)], PARTS.map(([name, part]) => [name, ...cells.map(({ clients }) => times(ofParley(clients), part, ['p50_us', 'p99_us']))])));
save(dir, { rounds, runs });
saveChart(`${dir}/chart.svg`, 'From when it was due to the screen, median ms (logarithmic)', groups);
process.exit(runs.every((one) => one.good) ? 0 : 1);
