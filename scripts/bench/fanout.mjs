// Measures what `./parley bench fanout` tells.
//   DIR ROUNDS RUN_MS CLIENTS…   what runs is told on standard input (scripts/lib/load.sh)
// Prints tables; writes DIR/figures.json and DIR/chart.svg. Exit code 1 when something was lost or refused.
import { balanced, beside, costTable, cpuOf, digits, medianOf, parley, run, save, saveChart, setup, sum, table, times } from './load.mjs';

const [dir, rounds, runMs, ...sizes] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
const WINDOW = 16;
const SIZE = 200;
/** HAProxy has two descriptors for each connection. */
const BALANCED_MOST = 9000;

const subjects = [...beside.slice(0, 1), parley, balanced, ...beside.slice(1)];
const takesPart = (subject, size) => subject !== balanced || size <= BALANCED_MOST;
const runs = [];
for (const size of sizes)
  for (let round = 0; round < rounds; round++)
    for (const subject of subjects.filter((one) => takesPart(one, size))) {
      const rooms = subject.dialect === 'parley' ? { rooms: `${setup.crowd}/room${size}` } : {};
      const figures = run('fan', subject, size, { window: WINDOW, size: SIZE, run: runMs, ...rooms });
      runs.push({ round, subscribers: size, subject: subject.name, ...figures });
      process.stderr.write(`    ${size} subscribers, round ${round + 1}, ${subject.name}: ${digits(perCpu(figures, subject))} k for a second of processor\n`);
    }

function perCpu(figures, subject) {
  const cpu = cpuOf(figures, subject.isServer);
  return cpu > 0 ? figures.counted / cpu / 1000 : Number.NaN;
}
const rssOf = (figures, subject, when) => sum(figures.watched.filter(subject.isServer).map((one) => one[when]));
/** Beside what the server had before anybody was there: memory that it once had it keeps. */
function rssPerClient(figures, subject) {
  const first = runs.find((one) => one.subject === subject.name || (subject === balanced && one.subject === parley.name));
  return (rssOf(figures, subject, 'rss_settled') - rssOf(first, subject, 'rss_before')) / figures.clients / 1024;
}

const groups = [];
for (const size of sizes) {
  const rows = [];
  const bars = [];
  for (const subject of subjects.filter((one) => takesPart(one, size))) {
    const mine = runs.filter((one) => one.subscribers === size && one.subject === subject.name);
    const speed = medianOf(mine, (one) => perCpu(one, subject));
    const everybody = subject.dialect === 'parley' ? medianOf(mine, (one) => one.counted / cpuOf(one) / 1000) : speed;
    const wall = medianOf(mine, (one) => one.counted / one.counted_s / 1000);
    const rss = medianOf(mine, (one) => rssPerClient(one, subject));
    rows.push([subject.name, digits(speed), digits(everybody), digits(wall), digits(medianOf(mine, (one) => one.seen / one.reads)), times(mine, 'delivery'), times(mine, 'ack'), rss.toFixed(1)]);
    bars.push([subject.name, speed]);
  }
  groups.push([`${size} subscribers`, bars]);
  console.log(`## ${size} subscribers\n`);
  console.log(table(['server', 'k deliveries for a second of processor: gateways or server', 'all processes', 'k a second of the clock', 'messages a read', 'send to screen, p50 / p99 / p99.9 ms', 'send to ack', 'KiB a connection'], rows));
  console.log(costTable(runs.filter((one) => one.subscribers === size && one.subject === parley.name), 'deliveries, Parley at its gateways'));
}
save(dir, { rounds, runs });
saveChart(`${dir}/chart.svg`, 'Thousand deliveries for a second of processor (logarithmic)', groups);
process.exit(runs.every((one) => one.good) ? 0 : 1);
