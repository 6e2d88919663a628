// Measures what `./parley bench growth` tells.
//   point FILE AXIS SIZE AUTHORS ROUNDS RUN_MS   one size; what runs is told on standard input (scripts/lib/load.sh)
//   tell DIR    prints tables of all of them, writes DIR/chart.svg; exit code 1 when a message costs more where there is more
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpuOf, median, ms, parley, run, saveCurves, setup, table } from './load.mjs';

/** The dearest point beside the cheapest of an axis: what runs of the same thing differ by, and what a tree grows that has
 * a thousand times as many leaves. */
const GROWTH_MOST = 1.35;
const KINDS = ['postgres', 'msg-svc', 'redis', 'gateway'];
const READY_MS = 120_000;

/** Until the gateways hold that many connections. */
async function connected(count) {
  const admins = setup.status.processes.filter((one) => one.kind === 'gateway').map((one) => one.admin);
  for (const until = Date.now() + READY_MS; ; ) {
    const texts = await Promise.all(admins.map(async (admin) => (await fetch(`http://${admin}/metrics`)).text()));
    const held = texts.map((text) => Number(/^parley_gateway_sessions (\d+)/m.exec(text)?.[1] ?? Number.NaN)).reduce((all, one) => all + one, 0);
    if (held >= count) return;
    if (!(Date.now() < until)) throw new Error(`${held} of ${count} connections are there`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Connections that do nothing, of the people behind the authors, until it is called. */
async function idle(count, authors) {
  for (const name of ['tokens', 'rooms']) {
    const lines = readFileSync(`${setup.crowd}/${name}`, 'utf8').trimEnd().split('\n');
    writeFileSync(`${setup.crowd}/idle-${name}`, `${lines.slice(authors, authors + count).join('\n')}\n`);
  }
  const addresses = parley.addresses.flatMap((one) => ['--address', one]);
  const files = ['--tokens', `${setup.crowd}/idle-tokens`, '--rooms', `${setup.crowd}/idle-rooms`];
  const processes = String(Math.ceil(count / 5000));
  const child = spawn(setup.load, ['idle', '--dialect', 'parley', ...addresses, ...files, '--clients', String(count), '--processes', processes, '--run', '280000', '--limit', '290000'], { stdio: 'ignore' });
  await connected(count);
  return () => new Promise((resolve) => child.once('exit', resolve).kill('SIGKILL'));
}

async function point(file, axis, size, authors, rounds, runMs) {
  const end = axis === 'connections' && size > 0 ? await idle(size, authors) : () => {};
  const runs = [];
  for (let round = 0; round < rounds; round++)
    runs.push(run('ingest', parley, authors, { rooms: `${setup.crowd}/rooms`, window: 1, size: 200, warm: 1500, run: runMs }));
  await end();
  const kindOf = new Map(setup.status.processes.map(({ name, kind }) => [name, kind]));
  const cost = (kind) => median(runs.map((one) => (cpuOf(one, ({ name }) => kindOf.get(name) === kind) * 1e6) / one.counted));
  const figures = { axis, size, good: runs.every((one) => one.good), costs: Object.fromEntries(KINDS.map((kind) => [kind, cost(kind)])) };
  figures.all = median(runs.map((one) => (cpuOf(one, ({ name }) => KINDS.includes(kindOf.get(name))) * 1e6) / one.counted));
  figures.ack_p50_us = median(runs.map((one) => one.ack.p50_us));
  figures.a_second = median(runs.map((one) => one.counted / one.counted_s));
  writeFileSync(file, JSON.stringify(figures));
  process.stderr.write(`      ${figures.all.toFixed(0)} µs a message\n`);
}

function tell(dir) {
  const points = readdirSync(dir).filter((name) => /^point-.*\.json$/.test(name)).map((name) => JSON.parse(readFileSync(`${dir}/${name}`, 'utf8')));
  const panels = [];
  let kept = points.every((one) => one.good);
  for (const axis of ['rooms', 'people', 'messages', 'connections']) {
    const mine = points.filter((one) => one.axis === axis).sort((a, b) => a.size - b.size);
    const growth = Math.max(...mine.map((one) => one.all)) / Math.min(...mine.map((one) => one.all));
    kept &&= growth <= GROWTH_MOST;
    console.log(`## ${axis}: the dearest ${growth.toFixed(2)} times the cheapest\n`);
    const row = ({ size, costs, all, ack_p50_us, a_second }) => [size, ...KINDS.map((kind) => costs[kind].toFixed(0)), all.toFixed(0), ms(ack_p50_us), a_second.toFixed(0)].map(String);
    console.log(table([axis, ...KINDS.map((kind) => `${kind}, µs of a processor a message`), 'together', 'send to ack, p50 ms', 'messages a second'], mine.map(row)));
    panels.push([axis, [...KINDS.map((kind) => [kind, mine.map((one) => [one.size, one.costs[kind]])]), ['together', mine.map((one) => [one.size, one.all])]]]);
  }
  writeFileSync(`${dir}/figures.json`, `${JSON.stringify(points, null, 1)}\n`);
  saveCurves(`${dir}/chart.svg`, 'µs of a processor for a message, where there is more of', panels);
  return kept;
}

const [what, ...words] = process.argv.slice(2);
if (what === 'point') await point(words[0], words[1], ...words.slice(2).map(Number));
else if (!tell(words[0])) process.exit(1);
