// Measures what `./parley bench storm` tells.
//   DIR CLIENTS ROUNDS   what runs is told on standard input (scripts/lib/load.sh)
// Prints tables; writes DIR/figures.json. Exit code 1 when a client did not come back.
import { execFileSync } from 'node:child_process';
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
/** Counted from about when it is killed, which is four seconds after all were there, until the last ones come. */
const AT_THE_KILL = { ...talk, warm: 3400, run: 9000 };
const talks = { alone: [], killed: [], beside: [] };
const losses = [];

const statusOf = () => JSON.parse(execFileSync('./parley', ['status', '--json'], { encoding: 'utf8' })).processes;
/** All are at a third gateway, which is killed; they come back to the other two, where the bystanders are, as the protocol asks. */
async function killed() {
  const home = statusOf().find(({ name }) => name === 'gateway-3');
  const watch = parley.watch.filter((word) => !word.startsWith('gateway-3='));
  let talking;
  const options = { ...STORM, settle: 4000, run: 12_000, home: home.address, kill: home.pid };
  const loss = await runBeside('storm', { ...parley, watch }, clients, options, () => {
    talking = runBeside('fan', parley, BYSTANDERS, AT_THE_KILL);
  });
  talks.killed.push(await talking);
  losses.push(loss);
  execFileSync('./parley', ['scale', 'gateway=3'], { stdio: 'ignore' });
}
const runs = [];
for (let round = 0; round < rounds; round++)
  for (const [subject, count] of subjects) {
    const figures = run('storm', subject, count, STORM);
    runs.push({ round, subject: subject.name, ...figures });
    process.stderr.write(`    round ${round + 1}, ${subject.name}: ${ms(figures.ready_after.max_us)} ms until the last one is back\n`);
  }
execFileSync('./parley', ['scale', 'gateway=3'], { stdio: 'ignore' });
for (let round = 0; round < rounds; round++) {
  talks.alone.push(run('fan', parley, BYSTANDERS, talk));
  await killed();
  const beside = runBeside('fan', parley, BYSTANDERS, talk);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await runBeside('storm', parley, clients, STORM);
  talks.beside.push(await beside);
  const latest = (which) => times(talks[which].slice(-1), 'delivery');
  process.stderr.write(`    round ${round + 1}, to those who were there: ${latest('alone')} ms, ${latest('killed')} while a gateway's clients come, ${latest('beside')} while all come at once\n`);
}
const row = (name, count, mine) => {
  const after = (what) => ms(medianOf(mine, (one) => one.ready_after[what]));
  return [name, String(count), after('p50_us'), after('p99_us'), after('max_us'), (medianOf(mine, (one) => one.tries) / count).toFixed(2)];
};
const rows = subjects.map(([{ name }, count]) => row(name, count, runs.filter((one) => one.subject === name)));
rows.push(row('their gateway was killed, to the other two, as the protocol asks', clients, losses));
console.log(table(['', 'clients', 'back, p50 ms', 'p99', 'the last one', 'tries a client'], rows));
console.log(costTable(runs.filter((one) => one.subject === parley.name), 'clients that come back at the gateways'));
console.log(table(
  [`to ${BYSTANDERS} who were there before, 50 messages a second, due to screen`, 'p50 / p99 / p99.9 ms'],
  [['nobody else', times(talks.alone, 'delivery')], [`while a gateway with ${clients} is killed and they come to these two`, times(talks.killed, 'delivery')],
   [`while ${clients} come, lose their connection and come back, all at once`, times(talks.beside, 'delivery')]],
));
save(dir, { rounds, runs, losses, talks });
process.exit([...runs, ...losses, ...Object.values(talks).flat()].every((one) => one.good) ? 0 : 1);
