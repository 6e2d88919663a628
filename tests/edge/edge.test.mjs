// The balancer's configuration, tried with a real HAProxy in front of gateways that are made up here and say what reached them.
//
//   node --test tests/edge/edge.test.mjs

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';

const WS_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const WITHIN_MS = 5_000;
const HEAD_WITHIN_MS = 10_000;
const root = new URL('../..', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'parley-edge-'));
const pem = join(dir, 'site.pem');
const ending = [];
/** What HAProxy said: into the file PARLEY_EDGE_LOG, when that is asked for. */
const said = [];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(what, holds, within_ms = WITHIN_MS) {
  for (const deadline = Date.now() + within_ms; ; await sleep(20)) {
    if (await holds().catch(() => false)) return;
    assert.ok(Date.now() < deadline, `${what}: not within ${within_ms} ms`);
  }
}
const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A gateway that is only its manners: says what it was asked, takes every WebSocket, and is ready as long as it is told so. */
async function gateway(name) {
  const one = { name, ready: true, sockets: new Set(), asked: 0 };
  const server = http.createServer((request, answer) => {
    if (request.url === '/readyz' || request.url === '/healthz') {
      answer.writeHead(request.url === '/healthz' || one.ready ? 200 : 503).end();
      return;
    }
    one.asked++;
    answer.writeHead(200, { 'Content-Type': 'text/plain' }).end(JSON.stringify({ name, headers: request.headers }));
  });
  server.on('upgrade', (request, socket) => {
    const key = createHash('sha1').update(request.headers['sec-websocket-key'] + WS_GUID);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${key.digest('base64')}\r\n\r\n`,
    );
    one.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => one.sockets.delete(socket));
    socket.on('end', () => socket.end());
    socket.on('data', (bytes) => socket.write(bytes));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(one, { port: server.address().port });
}

/** Starts HAProxy with deploy/haproxy.cfg and these gateways. */
async function balancer(gateways, env = {}) {
  const [port, admin] = [await freePort(), await freePort()];
  const servers = gateways.map((one) => `    server ${one.name} 127.0.0.1:${one.port}\n`).join('');
  const file = join(dir, `gateways-${port}.cfg`);
  writeFileSync(
    file,
    `backend gateways\n    balance leastconn\n${servers}backend pages\n${servers}backend media\n${servers}`,
  );
  const child = spawn('haproxy', ['-W', '-db', '-f', join(root, 'deploy/haproxy.cfg'), '-f', file], {
    env: {
      PATH: `${process.env.PATH}:/usr/sbin`,
      PARLEY_BALANCER_BIND: `127.0.0.1:${port}`,
      PARLEY_BALANCER_ADMIN: `127.0.0.1:${admin}`,
      PARLEY_BALANCER_TLS: '',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (text) => said.push(`${text}`));
  ending.push(() => child.kill('SIGTERM'));
  const states = async () =>
    (await ask({ port: admin, path: '/stats;csv' })).body
      .split('\n')
      .map((line) => line.split(','))
      .filter((cells) => cells[0] === 'gateways' && cells[1] !== 'BACKEND')
      .map((cells) => `${cells[1]} ${cells[17]}`);
  await until('every gateway is seen', async () => (await states()).every((one) => one.endsWith(' UP')));
  return { port, admin, child, states };
}

/** Asks over a connection of its own; resolves with status, headers and body. */
function ask({ port, path = '/api/v1/me', headers = {}, secure = false, agent = false, ...more }) {
  const { request } = secure ? https : http;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers, agent, rejectUnauthorized: false, ...more };
    request({ ...options, timeout: WITHIN_MS }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    })
      .on('upgrade', (answer, socket) => resolve({ status: answer.statusCode, headers: answer.headers, socket }))
      .on('error', reject)
      .end();
  });
}
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const webSocket = async (where) => {
  const answer = await ask({ path: '/ws', headers: UPGRADE, ...where });
  assert.equal(answer.status, 101);
  answer.socket.on('error', () => {});
  ending.push(() => answer.socket.destroy());
  return answer.socket;
};
const echoes = (socket, text) =>
  new Promise((resolve, reject) => {
    socket.once('data', (bytes) => resolve(assert.equal(`${bytes}`, text)));
    socket.once('close', () => reject(new Error('The WebSocket was closed.')));
    socket.write(text);
  });
/** Bytes as they are; resolves with all that came, and after how long the other side ended it. */
function raw(port, bytes) {
  const began = Date.now();
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (more) => {
      said += more;
    });
    socket.on('close', () => resolve({ said, ms: Date.now() - began }));
    socket.on('error', (error) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
  });
}

let [a, b, plain, secure, strict] = [];
before(async () => {
  execFileSync('sh', [
    '-c',
    'cd "$0" && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key -out chain 2>/dev/null && cat chain key >site.pem',
    dir,
  ]);
  [a, b] = [await gateway('a'), await gateway('b')];
  plain = await balancer([a, b]);
  secure = await balancer([a, b], { PARLEY_BALANCER_TLS: `ssl crt ${pem} alpn h2,http/1.1` });
  strict = await balancer([a, b], {
    PARLEY_UNLIMITED_ADDRESSES: '192.0.2.1',
    PARLEY_CONNECTIONS_PER_ADDRESS: '5',
    PARLEY_REQUESTS_PER_ADDRESS: '20',
  });
});
after(() => {
  for (const end of ending) end();
  if (process.env.PARLEY_EDGE_LOG) writeFileSync(process.env.PARLEY_EDGE_LOG, said.join(''));
  rmSync(dir, { recursive: true, force: true });
});

// The slowest first, and beside all the others: the run takes as long as this one.
test('the balancer', { concurrency: true }, async (t) => {
  const all = [];
  const also = (...words) => all.push(t.test(...words));
  also('a head that does not arrive is waited for no longer than 10 seconds', async () => {
    const { said, ms } = await raw(plain.port, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    assert.match(said, /^HTTP\/1\.1 408 /);
    assert.ok(ms >= HEAD_WITHIN_MS - 500 && ms < HEAD_WITHIN_MS + 3_000, `${ms} ms`);
  });

  also('browsers get HTTP/2, and programs that cannot get HTTP/1.1', async () => {
    const session = http2.connect(`https://127.0.0.1:${secure.port}`, { rejectUnauthorized: false });
    const status = await new Promise((resolve, reject) => {
      session.on('error', reject);
      session.request({ ':path': '/api/v1/me' }).on('response', (headers) => resolve(headers[':status']));
    });
    assert.equal(session.alpnProtocol, 'h2');
    assert.equal(status, 200);
    // A WebSocket is not offered inside of it: it gets a connection of its own.
    await until('settings', async () => session.remoteSettings !== undefined);
    assert.ok(!session.remoteSettings.enableConnectProtocol);
    session.close();
    const socket = await webSocket({ port: secure.port, secure: true });
    await echoes(socket, 'over TLS');
  });

  also('TLS 1.2 is spoken, TLS 1.1 is not', async () => {
    const speaks = (version) =>
      new Promise((resolve) => {
        const options = { port: secure.port, host: '127.0.0.1', rejectUnauthorized: false };
        const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' };
        const socket = tls.connect({ ...options, ...versions }, () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.on('error', () => resolve('refused'));
      });
    assert.equal(await speaks('TLSv1.1'), 'refused');
    assert.equal(await speaks('TLSv1.2'), 'TLSv1.2');
    assert.equal(await speaks('TLSv1.3'), 'TLSv1.3');
  });

  also('over TLS, and only there, browsers are told to come by TLS only', async () => {
    const over = await ask({ port: secure.port, secure: true });
    assert.equal(over.headers['strict-transport-security'], 'max-age=31536000');
    assert.equal((await ask({ port: plain.port })).headers['strict-transport-security'], undefined);
    const own = await ask({ port: secure.port, secure: true, path: '/metrics' });
    assert.equal(own.status, 404);
    assert.equal(own.headers['strict-transport-security'], 'max-age=31536000');
  });

  also('a WebSocket at /ws passes, and no other upgrade', async () => {
    const { port } = plain;
    await echoes(await webSocket({ port }), 'hello');
    const refused = [
      { path: '/ws', headers: { ...UPGRADE, Upgrade: 'h2c' } },
      { path: '/ws', headers: { ...UPGRADE, Upgrade: 'websocket, h2c' } },
      { path: '/ws', headers: { ...UPGRADE, Upgrade: ['websocket', 'h2c'] } },
      { path: '/ws' },
      { path: '/', headers: { ...UPGRADE, Upgrade: 'h2c' } },
      { path: '/api/v1/me', headers: UPGRADE },
      { path: '/media/files', headers: UPGRADE },
    ];
    for (const one of refused) {
      const answer = await ask({ port, ...one });
      assert.equal(answer.status, 400, JSON.stringify(one));
      assert.equal(JSON.parse(answer.body).code, 'bad_request');
    }
  });

  also('heads have bounds', async () => {
    const head = (lines) => `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines}\r\n`;
    assert.match((await raw(plain.port, head('X-A: 1\r\n'.repeat(150)))).said, /^HTTP\/1\.1 200 /);
    assert.match((await raw(plain.port, head('X-A: 1\r\n'.repeat(250)))).said, /^HTTP\/1\.1 400 /);
    assert.match((await raw(plain.port, head(`X-A: ${'a'.repeat(40_000)}\r\n`))).said, /^HTTP\/1\.1 400 /);
  });

  also('what a client says about its own address or scheme does not arrive', async () => {
    const said = {
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil.example',
      X_Forwarded_For: '203.0.113.9',
      Forwarded: 'for=203.0.113.9',
      'X-Real-IP': '203.0.113.9',
    };
    const { headers } = JSON.parse((await ask({ port: plain.port, headers: said })).body);
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'http');
    for (const name of ['x-forwarded-host', 'x_forwarded_for', 'forwarded', 'x-real-ip']) {
      assert.equal(headers[name], undefined, name);
    }
    const over = JSON.parse((await ask({ port: secure.port, secure: true, headers: said })).body);
    assert.equal(over.headers['x-forwarded-proto'], 'https');
  });
  await Promise.all(all);
});

test('an address has so many connections and requests, and no more', async () => {
  const { port } = strict;
  const held = [];
  for (let i = 0; i < 5; i++) held.push(await webSocket({ port }));
  await assert.rejects(ask({ port }), { code: 'ECONNRESET' });
  held[0].destroy();
  await until('another is let in', async () => (await ask({ port })).status === 200);
  for (const socket of held) socket.destroy();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  ending.push(() => agent.destroy());
  let answer;
  for (let i = 0; i < 30 && answer?.status !== 429; i++) answer = await ask({ port, agent }).catch(() => undefined);
  assert.equal(answer?.status, 429);
  assert.equal(JSON.parse(answer.body).code, 'rate_limited');
  assert.equal(answer.headers['retry-after'], '10');
  // And where loopback is not counted, nobody notices.
  for (let i = 0; i < 60; i++) assert.equal((await ask({ port: plain.port })).status, 200);
});

test('where it is crowded, who has much gets no more, and others come in', async () => {
  const { port, admin } = await balancer([a, b], {
    PARLEY_UNLIMITED_ADDRESSES: '192.0.2.1',
    PARLEY_BALANCER_MAXCONN: '20',
    PARLEY_CONNECTIONS_PER_ADDRESS: '16',
    PARLEY_CONNECTIONS_WHEN_CROWDED: '2',
  });
  /** A connection from there, and whether it was taken: one that is turned away is closed at once. */
  const from = (localAddress) =>
    new Promise((resolve) => {
      const socket = net.connect({ port, host: '127.0.0.1', localAddress }, () => socket.write('GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n'));
      ending.push(() => socket.destroy());
      socket.on('error', () => resolve(false));
      socket.on('data', () => resolve(true));
      socket.on('close', () => resolve(false));
    });
  // As long as there is room nobody notices: fifteen are three quarters.
  for (let i = 0; i < 15; i++) await webSocket({ port });
  assert.equal(await from('127.0.0.1'), false);
  // The same network has its sixteen with one more of another address, which is turned away for that.
  await webSocket({ port, localAddress: '127.0.0.2' });
  assert.equal(await from('127.0.0.2'), false);
  // Another network comes in, as far as two go.
  for (let i = 0; i < 2; i++) await webSocket({ port, localAddress: '127.1.1.1' });
  assert.equal(await from('127.1.1.1'), false);
  // And its own numbers tell of it, to who may ask.
  const { body } = await ask({ port: admin, path: '/metrics' });
  assert.match(body, /^haproxy_frontend_current_sessions\{proxy="public"\} 18$/m);
  assert.equal((await ask({ port: plain.port, path: '/metrics' })).status, 404);
});

test('of a balancer in front the last word about a client is believed, and its requests are counted', async () => {
  const { port } = await balancer([a, b], {
    PARLEY_UNLIMITED_ADDRESSES: '192.0.2.1',
    PARLEY_FRONT_PROXIES: '127.0.0.0/8 10.0.0.0/8',
    PARLEY_CONNECTIONS_PER_ADDRESS: '1',
    PARLEY_REQUESTS_PER_ADDRESS: '5',
  });
  const from = (address) => ({ 'X-Forwarded-For': `198.51.100.66, ${address}`, 'X-Forwarded-Proto': 'https' });
  const first = await ask({ port, headers: from('203.0.113.9') });
  assert.equal(first.headers['strict-transport-security'], 'max-age=31536000');
  const { headers } = JSON.parse(first.body);
  assert.equal(headers['x-forwarded-for'], '203.0.113.9');
  assert.equal(headers['x-forwarded-proto'], 'https');
  for (let i = 0; i < 4; i++) assert.equal((await ask({ port, headers: from('203.0.113.9') })).status, 200);
  assert.equal((await ask({ port, headers: from('203.0.113.9') })).status, 429);
  assert.equal((await ask({ port, headers: from('203.0.113.10') })).status, 200);
});

test('a WebSocket goes to the gateway that has the fewest', async () => {
  const [c, d] = [await gateway('c'), await gateway('d')];
  const { port } = await balancer([c, d]);
  for (let i = 0; i < 6; i++) await webSocket({ port });
  assert.deepEqual([c.sockets.size, d.sockets.size], [3, 3]);
  for (const socket of c.sockets) socket.destroy();
  await until('they are gone', async () => c.sockets.size === 0);
  for (let i = 0; i < 3; i++) await webSocket({ port });
  assert.deepEqual([c.sockets.size, d.sockets.size], [3, 3]);
});

test('a gateway that says that it is not ready gets nothing new', async () => {
  const [c, d] = [await gateway('c'), await gateway('d')];
  const { port, states } = await balancer([c, d]);
  c.ready = false;
  await until('it is seen', async () => (await states()).some((one) => /^c DOWN/.test(one)));
  c.asked = 0;
  for (let i = 0; i < 10; i++) assert.equal(JSON.parse((await ask({ port })).body).name, 'd');
  assert.equal(c.asked, 0);
  c.ready = true;
  await until('it is back', async () => JSON.parse((await ask({ port })).body).name === 'c');
});

test('a new configuration is taken while it runs: no request fails, no WebSocket ends', async () => {
  const [c, d] = [await gateway('c'), await gateway('d')];
  const { port, child, states } = await balancer([c]);
  const socket = await webSocket({ port });
  let [over, asked] = [false, 0];
  const asking = (async () => {
    for (; !over; asked++) assert.equal((await ask({ port })).status, 200);
    return 'well';
  })();
  const file = join(dir, `gateways-${port}.cfg`);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(
      /( {4}server) c (.*)\n/g,
      (line, word) => `${line}${word} d 127.0.0.1:${d.port}\n`,
    ),
  );
  // Asked once a second: a master that has only just started does not hear it yet.
  const reload = () => child.kill('SIGUSR2');
  const again = setInterval(reload, 1_000);
  ending.push(() => clearInterval(again));
  reload();
  const taken = until('the new gateway has been asked', async () => (await states()).length === 2 && d.asked > 5);
  await Promise.race([taken, asking]);
  over = true;
  assert.equal(await asking, 'well');
  await taken;
  clearInterval(again);
  assert.ok(asked > 10, `${asked} requests`);
  await echoes(socket, 'still here');
});
