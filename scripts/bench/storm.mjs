// Measures what `./parley bench storm` tells.
//   DIR CLIENTS ROUNDS   what runs is told on standard input (scripts/lib/load.sh)
// Prints tables; writes DIR/figures.json. Exit code 1 when a client did not come back.
import { balanced, costTable, medianOf, ms, parley, run, runBeside, save, setup, table, times } from './load.mjs';

const [dir, clients, rounds] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
/** HAProxy has two descriptors for each connection. */
const BALANCED_MOST = 9000;
const STORM = { rooms: `${setup.crowd}/rooms`, warm: 0, opening: 1_000_000, settle: 2000 };

const subjects = [
  [parley, clients],
  [balanced, Math.min(clients, BALANCED_MOST)],
];
/** Who was there before, and talks meanwhile: the people behind those of the storm, in a room of their own. */
const BYSTANDERS = 20;
const talk = { rooms: `${setup.crowd}/room-beside`, tokens: `${setup.crowd}/tokens-beside`, rate: 50, size: 200, settle: 500, warm: 500, run: 12_000 };
const talks = { alone: [], beside: [] };
const runs = [];
for (let round = 0; round < rounds; round++)
  for (const [subject, count] of subjects) {
    const figures = run('storm', subject, count, STORM);
    runs.push({ round, subject: subject.name, ...figures });
    process.stderr.write(`    round ${round + 1}, ${subject.name}: ${ms(figures.ready_after.max_us)} ms until the last one is back\n`);
  }
for (let round = 0; round < rounds; round++) {
  talks.alone.push(run('fan', parley, BYSTANDERS, talk));
  const beside = runBeside('fan', parley, BYSTANDERS, talk);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await runBeside('storm', parley, clients, STORM);
  talks.beside.push(await beside);
  process.stderr.write(`    round ${round + 1}, to those who were there: ${times(talks.alone.slice(-1), 'delivery')} ms, meanwhile ${times(talks.beside.slice(-1), 'delivery')} ms\n`);
}
const rows = subjects.map(([{ name }, count]) => {
  const mine = runs.filter((one) => one.subject === name);
  const after = (what) => ms(medianOf(mine, (one) => one.ready_after[what]));
  return [name, String(count), after('p50_us'), after('p99_us'), after('max_us'), (medianOf(mine, (one) => one.tries) / count).toFixed(2)];
});
console.log(table(['', 'clients', 'back, p50 ms', 'p99', 'the last one', 'tries a client'], rows));
console.log(costTable(runs.filter((one) => one.subject === parley.name), 'clients that come back at the gateways'));
console.log(table(
  [`to ${BYSTANDERS} who were there before, 50 messages a second, due to screen`, 'p50 / p99 / p99.9 ms'],
  [['nobody else', times(talks.alone, 'delivery')], [`while ${clients} come, lose their connection and come back`, times(talks.beside, 'delivery')]],
));
save(dir, { rounds, runs, talks });
process.exit([...runs, ...talks.alone, ...talks.beside].every((one) => one.good) ? 0 : 1);
