// Sends and fetches the file of `./parley bench media`, by curl, to Parley and to nginx in turn. Its one argument is JSON:
// where they are, which processes they have, how often. Prints tables, writes all figures; exit code 1 when a promise was
// not kept.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const setup = JSON.parse(process.argv[2]);
const SIZE = statSync(setup.file).size;
/** Parley may take so many times as long as nginx. */
const RATIO = 2;
const LIMIT_S = 600;
const TICKS = Number(execFileSync('getconf', ['CLK_TCK']).toString());

// ---- what it costs ----

/** Fields of /proc/PID/stat behind the name, or none when it is gone. */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  } catch {
    return undefined;
  }
}
/** CPU seconds of a process and its children: those that live, and those that have ended. */
function cpuOf(pid) {
  let ticks = 0;
  for (const each of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = statOf(each);
    if (stat === undefined || (each !== String(pid) && stat[1] !== String(pid))) continue;
    ticks += Number(stat[11]) + Number(stat[12]);
    if (each === String(pid)) ticks += Number(stat[13]) + Number(stat[14]);
  }
  return ticks / TICKS;
}
/** `./parley status` fails while one of them is not ready, and tells all the same. */
const processOf = (name) => JSON.parse(spawnSync('./parley', ['status', '--json']).stdout).processes.find((one) => one.name === name);
const pidOf = (name) => processOf(name).pid;
const processes = {
  parley: { 'media-svc': pidOf('media-svc-1'), postgres: pidOf('postgres'), haproxy: pidOf('haproxy') },
  nginx: { nginx: setup.nginxPid, haproxy: setup.balancerPid },
};
const cpu = (who) => Object.fromEntries(Object.entries(processes[who]).map(([name, pid]) => [name, cpuOf(pid)]));

// ---- one transfer ----

async function curl(...args) {
  const { stdout } = await run('curl', ['-sS', '--max-time', String(LIMIT_S), '-w', '%{http_code} %{time_total} %{size_upload} %{size_download}', ...args]);
  const [status, seconds, up, down] = stdout.trim().split(/\s+/).map(Number);
  if (status < 200 || status > 299 || Math.max(up, down) !== SIZE) throw new Error(`curl ${args.join(' ')}: ${stdout}`);
  return seconds;
}
async function measured(who, work) {
  // What earlier rounds left to be written is not this one's cost.
  execFileSync('sync');
  const before = cpu(who);
  const figures = await work();
  const after = cpu(who);
  return { ...figures, cpu: Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]])) };
}

const url = setup.parley.balanced;
async function register() {
  const answer = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username: `ada${randomBytes(3).toString('hex')}`, password: 'correct horse battery' }),
  });
  if (!answer.ok) throw new Error(`register: ${answer.status} ${await answer.text()}`);
  return `Bearer ${(await answer.json()).access_token}`;
}
const authorization = await register();
const tus = { authorization, 'tus-resumable': '1.0.0' };

async function uploadParley(way) {
  const made = await fetch(`${setup.parley[way]}/media/files`, { method: 'POST', headers: { ...tus, 'upload-length': String(SIZE) } });
  if (made.status !== 201) throw new Error(`POST: ${made.status} ${await made.text()}`);
  const path = made.headers.get('location');
  const seconds = await curl('-X', 'PATCH', '-T', setup.file, '-H', 'Expect:', '-H', `Authorization: ${authorization}`, '-H', 'Tus-Resumable: 1.0.0',
    '-H', 'Upload-Offset: 0', '-H', 'Content-Type: application/offset+octet-stream', `${setup.parley[way]}${path}`);
  return { seconds, path };
}
async function isReady(path) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const info = await (await fetch(`${url}${path}/info`, { headers: { authorization } })).json();
    if (info.state === 'ready') return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('the file did not become ready');
}
/** Another media-svc in place of this one: it has nothing at hand. */
async function restart() {
  const before = pidOf('media-svc-1');
  process.kill(before);
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const now = processOf('media-svc-1');
    if (now.pid !== before && now.state === 'ready') {
      processes.parley['media-svc'] = now.pid;
      if ((await fetch(`${url}/media/files/`, { method: 'OPTIONS' })).ok) return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('media-svc did not come back');
}
async function remove(path) {
  const answer = await fetch(`${setup.parley.direct}${path}`, { method: 'DELETE', headers: tus });
  if (answer.status !== 204) throw new Error(`DELETE: ${answer.status} ${await answer.text()}`);
}
async function uploadNginx(way) {
  rmSync(`${setup.stored}/media/file`, { force: true });
  const seconds = await curl('-T', setup.file, '-H', 'Expect:', `${setup.nginx[way]}/media/file`);
  const began = performance.now();
  execFileSync('sync', [`${setup.stored}/media/file`]);
  return { seconds, synced: seconds + (performance.now() - began) / 1000 };
}

// ---- the database alone ----

/** So many connections share the bytes. */
const SHARED = [1, 2, 4];
const database = (...args) => run(setup.psql[0], [...setup.psql.slice(1), ...args], { timeout: LIMIT_S * 1000 });
const floor = (part) => `bench_floor_${part}`;
const copy = (part) => `${setup.copied}-${part}`;
async function timed(count, sql) {
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, (_, part) => database('-c', sql(part))));
  return { seconds: (performance.now() - began) / 1000 };
}
/** The same bytes in the same rows, by COPY, in one transaction a connection, each with a table of its own that nobody else
 * holds up, without a service, a hash or a limit. */
async function copied(round, count) {
  for (let part = 0; part < count; part++) {
    await database('-c', `DROP TABLE IF EXISTS ${floor(part)}; CREATE TABLE ${floor(part)} (LIKE media.chunk INCLUDING ALL); ALTER TABLE ${floor(part)} SET (toast_tuple_target = 8160)`);
    const [from, to] = [part, part + 1].map((n) => Math.floor((SIZE * n) / count));
    await database('-c', `\\copy (SELECT c.* FROM media.chunk c WHERE variant = 0 AND at >= ${from} AND at < ${to}) TO '${copy(part)}' (FORMAT binary)`);
  }
  await one(round, `COPY in ${count}`, 'direct', 'parley', () => timed(count, (part) => `\\copy ${floor(part)} FROM '${copy(part)}' (FORMAT binary)`));
  await one(round, `COPY out ${count}`, 'direct', 'parley', () => timed(count, (part) => `\\copy ${floor(part)} TO '/dev/null' (FORMAT binary)`));
  for (let part = 0; part < count; part++) await database('-c', `DROP TABLE ${floor(part)}`);
}

// ---- all of them ----

/** What was just uploaded is at hand where it was; a process that has nothing at hand has it from the database, and then
 * at hand. nginx always gives its file. */
const WHATS = ['upload', 'download, just uploaded', 'download, nothing at hand', 'download again'];
const rows = [];
async function one(round, what, way, who, work) {
  const figures = await measured(who, work);
  rows.push({ round, what, way, who, ...figures });
  return figures;
}
for (let round = 0; round < setup.rounds; round++)
  for (const way of ['direct', 'balanced']) {
    const parley = async () => {
      const { path } = await one(round, 'upload', way, 'parley', () => uploadParley(way));
      await isReady(path);
      const download = async () => ({
        seconds: await curl('-o', '/dev/null', '-H', `Authorization: ${authorization}`, `${setup.parley[way]}${path}`),
      });
      await one(round, 'download, just uploaded', way, 'parley', download);
      await restart();
      await one(round, 'download, nothing at hand', way, 'parley', download);
      // While the disk is busy not all of it is kept the first time.
      for (let i = 0; i < 2; i++) await download();
      await one(round, 'download again', way, 'parley', download);
      if (way === 'direct') for (const count of SHARED) await copied(round, count);
      await remove(path);
    };
    const nginx = async () => {
      await one(round, 'upload', way, 'nginx', () => uploadNginx(way));
      const download = async () => ({ seconds: await curl('-o', '/dev/null', `${setup.nginx[way]}/media/file`) });
      for (const what of WHATS.slice(1)) await one(round, what, way, 'nginx', download);
    };
    // Whose turn it is to go first changes.
    for (const next of round % 2 === 0 ? [parley, nginx] : [nginx, parley]) await next();
  }

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const of = (what, way, who, value) => median(rows.filter((row) => row.what === what && row.way === way && row.who === who).map(value));
const rate = (seconds) => `${seconds.toFixed(2)} s, ${(SIZE / seconds / 1e6).toFixed(0)} MB/s`;

const kept = [];
console.log('| what | Parley | nginx | times as long | promise | nginx, with fsync | times as long |\n|---|---|---|---|---|---|---|');
for (const what of WHATS)
  for (const way of ['direct', 'balanced']) {
    const [ours, theirs] = ['parley', 'nginx'].map((who) => of(what, way, who, (row) => row.seconds));
    const durable = what === 'upload' ? of(what, way, 'nginx', (row) => row.synced) : undefined;
    kept.push({ what, way, parley: ours, nginx: theirs, synced: durable, ratio: ours / theirs, kept: ours / theirs <= RATIO });
    const last = durable === undefined ? '| |' : `${rate(durable)} | ${(ours / durable).toFixed(2)} |`;
    console.log(`| ${what}, ${way} | ${rate(ours)} | ${rate(theirs)} | ${(ours / theirs).toFixed(2)} | ${ours / theirs <= RATIO ? 'kept' : 'not kept'} | ${last}`);
  }
console.log('\nPostgreSQL alone, the same rows by COPY, no service and no hash:\n\n| what | connections | PostgreSQL | times as long as nginx |\n|---|---|---|---|');
for (const [what, theirs] of [['COPY in', 'upload'], ['COPY out', 'download, nothing at hand']])
  for (const count of SHARED) {
    const seconds = of(`${what} ${count}`, 'direct', 'parley', (row) => row.seconds);
    console.log(`| ${what} | ${count} | ${rate(seconds)} | ${(seconds / of(theirs, 'direct', 'nginx', (row) => row.seconds)).toFixed(2)} |`);
  }
console.log('\nCPU seconds, median:\n\n| what | Parley | nginx |\n|---|---|---|');
for (const what of WHATS)
  for (const way of ['direct', 'balanced']) {
    const spent = (who) => Object.keys(processes[who]).map((name) => `${name} ${of(what, way, who, (row) => row.cpu[name]).toFixed(2)}`).join(', ');
    console.log(`| ${what}, ${way} | ${spent('parley')} | ${spent('nginx')} |`);
  }
writeFileSync(setup.figures, `${JSON.stringify({ bytes: SIZE, rounds: setup.rounds, medians: kept, rows }, null, 1)}\n`);
process.exitCode = kept.every((one) => one.kept) ? 0 : 1;
