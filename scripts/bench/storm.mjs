// Measures what `./parley bench storm` tells.
//   DIR CLIENTS ROUNDS   what runs is told on standard input (scripts/lib/load.sh)
// Prints tables; writes DIR/figures.json. Exit code 1 when a client did not come back.
import { balanced, costTable, medianOf, ms, parley, run, save, setup, table } from './load.mjs';

const [dir, clients, rounds] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
/** HAProxy has two descriptors for each connection. */
const BALANCED_MOST = 9000;

const subjects = [
  [parley, clients],
  [balanced, Math.min(clients, BALANCED_MOST)],
];
const runs = [];
for (let round = 0; round < rounds; round++)
  for (const [subject, count] of subjects) {
    const figures = run('storm', subject, count, { rooms: `${setup.crowd}/rooms`, warm: 0, opening: 1_000_000, settle: 2000 });
    runs.push({ round, subject: subject.name, ...figures });
    process.stderr.write(`    round ${round + 1}, ${subject.name}: ${ms(figures.ready_after.max_us)} ms until the last one is back\n`);
  }
const rows = subjects.map(([{ name }, count]) => {
  const mine = runs.filter((one) => one.subject === name);
  const after = (what) => ms(medianOf(mine, (one) => one.ready_after[what]));
  return [name, String(count), after('p50_us'), after('p99_us'), after('max_us'), (medianOf(mine, (one) => one.tries) / count).toFixed(2)];
});
console.log(table(['', 'clients', 'back, p50 ms', 'p99', 'the last one', 'tries a client'], rows));
console.log(costTable(runs.filter((one) => one.subject === parley.name), 'clients that come back at the gateways'));
save(dir, { rounds, runs });
process.exit(runs.every((one) => one.good) ? 0 : 1);
