// Measures what `./parley bench scale` tells.
//   point FILE KIND COUNT CLIENTS RUN_MS   one count of a kind; what runs is told on standard input (scripts/lib/load.sh)
//   tell DIR    prints tables of all of them; exit code 1 when something was lost or refused
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpuOf, digits, medianOf, parley, run, setup, table, times } from './load.mjs';

const KINDS = ['gateway', 'msg-svc', 'postgres', 'redis'];
/** Who comes has its part of the shards by then. */
const SHARED_OUT_MS = 4000;

function point(file, kind, count, clients, runMs) {
  const room = { rooms: `${setup.crowd}/room`, window: 16 };
  const figures =
    kind === 'gateway'
      ? run('fan', parley, clients, { ...room, size: 200, run: runMs })
      : run('ingest', parley, clients, { rooms: `${setup.crowd}/rooms`, window: 8, size: 200, warm: SHARED_OUT_MS, run: runMs });
  const kindOf = new Map(setup.status.processes.map((one) => [one.name, one.kind]));
  figures.cpu = Object.fromEntries(KINDS.map((each) => [each, cpuOf(figures, ({ name }) => kindOf.get(name) === each)]));
  writeFileSync(file, JSON.stringify({ kind, count, ...figures }));
  process.stderr.write(`      ${kind}=${count}: ${digits(figures.counted / figures.counted_s)} a second\n`);
}

function tell(dir) {
  const runs = readdirSync(dir).filter((name) => /^point-.*\.json$/.test(name)).map((name) => JSON.parse(readFileSync(`${dir}/${name}`, 'utf8')));
  for (const [kind, what, answer] of [['gateway', 'deliveries', 'delivery'], ['msg-svc', 'acknowledged messages', 'ack']]) {
    const counts = [...new Set(runs.filter((one) => one.kind === kind).map((one) => one.count))].sort((a, b) => a - b);
    const rows = counts.map((count) => {
      const mine = runs.filter((one) => one.kind === kind && one.count === count);
      const each = (of) => digits(medianOf(mine, of));
      return [
        String(count),
        each((one) => one.counted / one.counted_s / 1000),
        each((one) => one.counted / one.cpu[kind] / 1000),
        ...KINDS.map((name) => digits(medianOf(mine, (one) => (100 * one.cpu[name]) / one.run_s))),
        digits(medianOf(mine, (one) => (100 * one.own_cpu_s) / one.run_s)),
        times(mine, answer),
      ];
    });
    const heads = [kind, `k ${what} a second`, `for a second of processor of ${kind}`, ...KINDS.map((name) => `${name}, % of a processor`), 'clients', `to ${answer === 'ack' ? 'ack' : 'screen'}, p50 / p99 / p99.9 ms`];
    console.log(table(heads, rows));
  }
  writeFileSync(`${dir}/figures.json`, `${JSON.stringify(runs)}\n`);
  return runs.every((one) => one.good);
}

const [what, ...words] = process.argv.slice(2);
if (what === 'point') point(words[0], words[1], ...words.slice(2).map(Number));
else if (!tell(words[0])) process.exit(1);
