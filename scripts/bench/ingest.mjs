// Measures what `./parley bench ingest` tells.
//   DIR CLIENTS ROUNDS RUN_MS   what runs is told on standard input (scripts/lib/load.sh)
// Prints tables; writes DIR/figures.json. Exit code 1 when something was lost or refused.
import { costTable, digits, medianOf, parley, run, save, setup, table, times } from './load.mjs';

const [dir, clients, rounds, runMs] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
const WINDOWS = [1, 8];

const runs = [];
for (let round = 0; round < rounds; round++)
  for (const window of WINDOWS) {
    const figures = run('ingest', parley, clients, { rooms: `${setup.crowd}/rooms`, window, size: 200, run: runMs });
    runs.push({ round, ...figures });
    process.stderr.write(`    round ${round + 1}, ${window} under way: ${digits(figures.counted / figures.counted_s)} a second\n`);
  }
const of = (window) => runs.filter((one) => one.window === window);
const rows = WINDOWS.map((window) => [
  `${clients} × ${window}`,
  digits(medianOf(of(window), (one) => one.counted / one.counted_s)),
  times(of(window), 'ack'),
  String(medianOf(of(window), (one) => one.refused)),
]);
console.log(table(['under way', 'acknowledged a second', 'send to ack, p50 / p99 / p99.9 ms', 'refused'], rows));
for (const window of WINDOWS) console.log(costTable(of(window), `messages, ${window} under way each`));
save(dir, { rounds, runs });
process.exit(runs.every((one) => one.good) ? 0 : 1);
