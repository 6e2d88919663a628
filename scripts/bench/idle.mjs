// Measures what `./parley bench idle` tells.
//   DIR CLIENTS RUN_MS   what runs is told on standard input (scripts/lib/load.sh)
// Prints tables; writes DIR/figures.json. Exit code 1 when a connection was lost.
import { balanced, parley, run, save, setup, sum, table } from './load.mjs';

const [dir, clients, runMs] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
/** HAProxy has two descriptors for each connection. */
const BALANCED_MOST = 9000;
/** What was built up while they connected is let go of after a while. */
const SETTLE_MS = 5000;
/** Of PostgreSQL each process has the same pages in its count; it has nothing of a connection. */
const KINDS = ['gateway', 'presence-svc', 'msg-svc', 'auth-svc', 'redis', 'haproxy'];

const kinds = Object.fromEntries(setup.status.processes.map(({ kind, name }) => [name, kind]));
const all = (figures, kind, what) => sum(figures.watched.filter(({ name }) => kinds[name] === kind).map((one) => one[what]));
/** What it keeps of sockets and what waits in them, of clients and balancer too: beside what it had before they came. */
const kernelOf = ({ kernel }) => kernel.slab_settled - kernel.slab_before + kernel.buffers_settled - kernel.buffers_before;
const options = { rooms: `${setup.crowd}/rooms`, run: runMs, warm: 0, settle: SETTLE_MS };
/** Of one client: what the system does when nobody is there. */
const nobody = run('idle', parley, 1, options);
const runs = [{ subject: 'nobody', ...nobody }];
for (const [subject, count] of [[parley, clients], [balanced, Math.min(clients, BALANCED_MOST)]]) {
  const figures = run('idle', subject, count, options);
  runs.push({ subject: subject.name, ...figures });
  // Beside what it had before anybody was there: memory that a process once had it keeps.
  const kib = (kind, when) => ((all(figures, kind, when) - all(nobody, kind, 'rss_before')) / count / 1024).toFixed(2);
  const share = (one, kind) => all(one, kind, 'cpu_s') / one.run_s;
  console.log(`## ${subject.name}: ${count} clients, connected within ${figures.connect_s.toFixed(1)} s\n`);
  const rows = KINDS.map((kind) => [
    kind,
    kib(kind, 'rss_settled'),
    kib(kind, 'rss_until'),
    ((all(figures, kind, 'connect_cpu_s') / count) * 1000).toFixed(3),
    (((share(figures, kind) - share(nobody, kind)) / count) * 1e6).toFixed(2),
    (share(nobody, kind) * 100).toFixed(2),
  ]);
  rows.push(['the kernel, both ends of each', (kernelOf(figures) / count / 1024).toFixed(2), '', '', '', '']);
  console.log(table(['processes', 'KiB a connection, settled', 'at the end', 'processor ms to connect one', 'µs a second to keep one', '% of a processor without any'], rows));
}
save(dir, { runs });
process.exit(runs.every((one) => one.good) ? 0 : 1);
