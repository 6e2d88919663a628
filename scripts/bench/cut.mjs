// Files that are sent at once by tus-js-client, the library of the web client, each through a proxy that cuts it again and
// again: all of them are to arrive byte for byte, and media-svc is to hold none of them.
//   URL FILE COUNT CUTS   the page, what is sent, how many at once, how often each is cut; the instance's status on stdin
// Prints a line of JSON; exit code 1 when a promise was not kept.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';

const { Upload } = createRequire(new URL('../../web/package.json', import.meta.url))('tus-js-client');
const [page, file, count, cuts] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
const SIZE = statSync(file).size;
/** What media-svc may have more while they run. */
const GROWTH = 32 * 1024 * 1024;
const LIMIT_MS = 3_600_000;
const LOOK_MS = 20;

// ---- media-svc ----

const media = JSON.parse(readFileSync(0, 'utf8')).processes.filter((one) => one.kind === 'media-svc');
/** Bytes of all of them together that lie in memory. */
const memory = () =>
  media.reduce((sum, { pid }) => sum + 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]), 0);

// ---- the way there ----

/** A port that leads to the page, and ends whatever goes through it at each of `cuts` places of what is sent. */
function line() {
  let sent = 0;
  let done = 0;
  const { hostname, port } = new URL(page);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    far.pipe(near);
    near.on('data', (bytes) => {
      sent += bytes.length;
      if (done < cuts && sent > ((done + 1) * SIZE) / (cuts + 1)) {
        done++;
        end();
      } else if (!far.write(bytes)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, cut: () => done, close: () => server.close() }));
  });
}

// ---- one file ----

const credentials = JSON.stringify({ username: `ada${randomBytes(4).toString('hex')}`, password: 'correct horse battery' });
/** A token is good for a quarter of an hour, which may be less than all of it takes. */
const TOKEN_MS = 600_000;
let token;
async function authorization() {
  if (token === undefined || Date.now() - token.since > TOKEN_MS) {
    const how = token === undefined ? 'register' : 'login';
    const headers = { 'content-type': 'application/json', origin: page };
    const answer = await fetch(`${page}/api/v1/auth/${how}`, { method: 'POST', headers, body: credentials });
    if (!answer.ok) throw new Error(`${how}: ${answer.status} ${await answer.text()}`);
    token = { since: Date.now(), value: `Bearer ${(await answer.json()).access_token}` };
  }
  return token.value;
}

async function digestOf(stream) {
  const hash = createHash('sha256');
  for await (const bytes of stream) hash.update(bytes);
  return hash.digest('hex');
}

/** The path of the file on the server, when all of it is there. */
function send(way) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(createReadStream(file), {
      endpoint: `${way.url}/media/files`,
      uploadSize: SIZE,
      metadata: { filename: 'holiday.mkv' },
      onBeforeRequest: async (request) => request.setHeader('authorization', await authorization()),
      retryDelays: [100, 200, 500, 1000, 2000, 5000],
      onError: reject,
      onSuccess: () => resolve(new URL(upload.url).pathname),
    });
    upload.start();
  });
}
async function fetchBack(path) {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; ) {
    const info = await (await fetch(`${page}${path}/info`, { headers: { authorization: await authorization() } })).json();
    if (info.state === 'ready') break;
    await new Promise((done) => setTimeout(done, 50));
  }
  const answer = await fetch(`${page}${path}`, { headers: { authorization: await authorization() } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return digestOf(answer.body);
}

setTimeout(() => {
  console.error('not within the hour');
  process.exit(2);
}, LIMIT_MS).unref();
await authorization();
const digest = await digestOf(createReadStream(file));
const before = memory();
let most = before;
const look = setInterval(() => {
  most = Math.max(most, memory());
}, LOOK_MS);
const began = performance.now();
const ways = await Promise.all(Array.from({ length: count }, line));
const paths = await Promise.all(ways.map((way) => send(way)));
const seconds = (performance.now() - began) / 1000;
clearInterval(look);
let whole = 0;
for (const path of paths) whole += (await fetchBack(path)) === digest ? 1 : 0;
for (const way of ways) way.close();
const figures = {
  files: count,
  bytes: SIZE,
  cuts: ways.map((way) => way.cut()),
  whole,
  seconds: Number(seconds.toFixed(1)),
  rss_before: before,
  rss_most: most,
  rss_after: memory(),
  growth: most - before,
};
console.log(JSON.stringify(figures));
process.exit(whole === count && figures.cuts.every((done) => done === cuts) && most - before < GROWTH ? 0 : 1);
