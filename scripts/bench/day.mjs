// Measures what `./parley bench day` tells.
//   run FILE PEOPLE SHARE RUN_MS PAST   one day; what runs is told on standard input (scripts/lib/load.sh), rooms have so many
//                                       messages of the past
//   tell DIR RUN_MS FILE…               prints tables of all of them; exit code 1 when the promise was not kept
import { readFileSync, writeFileSync } from 'node:fs';
import { balanced, digits, ms, run, save, setup, sum, table } from './load.mjs';

/** People the promise is for, where all rooms are as busy, and how late a message may be on the screens of others, of 99 in a
 * hundred. */
const PROMISED = 4000;
const LATE_US = 100_000;
/** Of three people one has a second device at hand. */
const DEVICES = 4 / 3;
const RUSH = 0;

const [what, ...words] = process.argv.slice(2);

function measure(file, people, share, runMs, past) {
  const figures = run('day', balanced, Math.round(people * DEVICES), {
    people,
    share,
    past,
    rooms: `${setup.crowd}/rooms`,
    places: `${setup.crowd}/places`,
    warm: 10_000,
    run: runMs,
    settle: 5000,
  });
  const kindOf = new Map(setup.status.processes.map(({ name, kind }) => [name, kind]));
  for (const one of figures.watched) one.kind = kindOf.get(one.name);
  writeFileSync(file, JSON.stringify({ people, share, ...figures }));
  process.stderr.write(`    p99 ${ms(figures.delivery.p99_us)} ms, ${digits(sum(figures.watched.map((one) => one.cpu_s)) / figures.run_s)} processors\n`);
}

function tell(dir, runMs, files) {
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const seconds = runMs / 1000;
  const late = (one, name) => ['p50_us', 'p99_us', 'p999_us'].map((quantile) => ms(one[name]?.[quantile])).join(' / ');
  const each = (one, acts) => acts.map((act) => digits(one.acts[act] / seconds)).join(', ');
  const heads = ['', ...runs.map(({ people, share }) => `${people} people${share === RUSH ? ', large rooms loud' : ''}`)];
  const row = (name, of) => [name, ...runs.map(of)];
  console.log(table(heads, [
    row('devices', (one) => String(one.clients)),
    row('messages a second', (one) => each(one, ['messages'])),
    row('screens of others that a message is on', (one) => digits(one.counted / one.acts.messages)),
    row('sent to other screen, p50 / p99 / p99.9 ms', (one) => late(one, 'delivery')),
    row('sent to ack', (one) => late(one, 'ack')),
    row('a room and its history', (one) => late(one, 'history')),
    row('a search', (one) => late(one, 'search')),
    row('back after a lost connection', (one) => late(one, 'ready_after')),
    row('room changes, searches, times typed, idle or back, connections lost, a second', (one) => each(one, ['switches', 'searches', 'typing', 'idle', 'leaves'])),
    row('marks of what was received, of what was read, a second', (one) => each(one, ['delivered', 'read'])),
    row('lost, doubled or refused', (one) => String(one.missing + one.again + one.refused + one.unfinished)),
  ]));
  const kinds = [...new Set(runs.flatMap(({ watched }) => watched.map(({ kind }) => kind)))];
  const share = (one, kind) => (100 * sum(one.watched.filter((each) => each.kind === kind).map(({ cpu_s }) => cpu_s))) / one.run_s;
  const clients = row('the clients themselves', (one) => ((100 * one.own_cpu_s) / one.run_s).toFixed(1));
  console.log(table(['% of a processor', ...heads.slice(1)], [...kinds.map((kind) => row(kind, (one) => share(one, kind).toFixed(1))), clients]));
  const kept = (one) => one.good && one.delivery.p99_us <= LATE_US;
  const even = runs.filter((one) => one.share !== RUSH);
  const most = Math.max(0, ...even.filter(kept).map(({ people }) => people));
  console.log(`The most people of these, where all rooms are as busy, with 99 of 100 within ${LATE_US / 1000} ms and nothing lost: ${most}. Promised: ${PROMISED}.\n`);
  save(dir, { runs });
  process.exit(even.every((one) => one.people > PROMISED || kept(one)) ? 0 : 1);
}

if (what === 'run') measure(words[0], ...words.slice(1).map(Number));
else tell(words[0], Number(words[1]), words.slice(2));
