// People for tests/observe/run: two who write to each other at once, ask by REST, send a file, and now and then something that is
// refused, until standard input ends. Every message that was acknowledged is counted; nothing is checked here.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const WebSocket = createRequire(new URL('../../web/', import.meta.url))('ws');
const base = process.argv[2];
let over = false;
process.stdin.on('end', () => (over = true)).resume();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ask(method, path, body, token, headers = {}) {
  const json = body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' };
  try {
    const answer = await fetch(base + path, {
      method,
      headers: { ...json, ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(12_000),
    });
    const text = await answer.text();
    return { status: answer.status, location: answer.headers.get('location'), body: text.startsWith('{') ? JSON.parse(text) : {} };
  } catch {
    return { status: 0, body: {} };
  }
}

async function enter(username) {
  const who = { username, password: 'correct horse battery' };
  const made = await ask('POST', '/api/v1/auth/register', who);
  return made.status === 201 ? made.body : (await ask('POST', '/api/v1/auth/login', who)).body;
}

function connect(login) {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/ws`, 'parley.v1');
  socket.on('error', () => {});
  socket.on('open', () => socket.send(JSON.stringify({ t: 'hello', v: 1, token: login.access_token, device: 'observe' })));
  return socket;
}

const say = (socket, frame) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame));

async function talk(login, room) {
  let socket = connect(login);
  for (let n = 0; !over; n++) {
    if (socket.readyState === WebSocket.CLOSED) socket = connect(login);
    say(socket, { t: 'send', cmid: randomUUID(), room, body: `number ${n}` });
    if (n % 10 === 0) say(socket, { t: 'fetch', room: '999999', after: 0 });
    if (n % 10 === 5) say(socket, { t: 'fetch', room, after: 0, limit: 20 });
    if (n % 10 === 2) say(socket, { t: 'typing', room, on: true });
    await pause(100);
  }
  socket.close();
}

/** Asks for much and reads nothing, until it is closed as too slow; then once more. */
async function laze(login, room) {
  while (!over) {
    const socket = connect(login);
    await new Promise((done) => socket.once('open', done).once('error', done));
    await pause(500);
    socket.pause();
    for (let n = 0; n < 300 && !over; n++) {
      say(socket, { t: 'fetch', room, after: 0, limit: 200 });
      await pause(50);
    }
    socket.terminate();
  }
}

async function browse(login, room) {
  for (let n = 0; !over; n++) {
    const token = login.access_token;
    await Promise.all([
      ask('GET', '/api/v1/rooms', undefined, token),
      ask('GET', `/api/v1/rooms/${room}/messages?limit=20`, undefined, token),
      ask('GET', '/api/v1/me', undefined, token),
      ask('GET', '/api/v1/rooms/999999/members', undefined, token),
      ask('GET', '/api/v1/nothing', undefined, token),
    ]);
    await pause(100);
  }
}

async function files(login) {
  const tus = { 'tus-resumable': '1.0.0' };
  while (!over) {
    const bytes = new TextEncoder().encode('a file of a few words\n'.repeat(500));
    const made = await ask('POST', '/media/files', undefined, login.access_token, {
      ...tus,
      'upload-length': String(bytes.length),
      'upload-metadata': `filename ${Buffer.from('words.txt').toString('base64')}`,
    });
    if (made.location) {
      const path = new URL(made.location, base).pathname;
      await ask('PATCH', path, bytes, login.access_token, { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' });
      await pause(500);
      await ask('GET', path, undefined, login.access_token);
    }
    await ask('GET', '/media/files/none', undefined, login.access_token);
    await pause(500);
  }
}

const [ada, ben] = [await enter('ada'), await enter('ben')];
const dm = (await ask('POST', '/api/v1/dms', { user: ben.user.id }, ada.access_token)).body;
const room = dm.room?.id ?? dm.id;
console.log('talking');
await Promise.all([talk(ada, room), talk(ben, room), browse(ada, room), files(ben), laze(ben, room)]);
