// An echo bot: says again what is behind "echo " in the rooms it is in. It misses nothing while it is down and answers
// nothing twice. Node 22 or later, or 20 with
// --experimental-websocket; no packages.
//   PARLEY_URL=https://chat.example.org PARLEY_TOKEN=parley_pat_… node examples/echo-bot.mjs
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const { PARLEY_URL = 'http://localhost:8080', PARLEY_TOKEN = '', PARLEY_STATE = 'echo-bot.json' } = process.env;
const AGAIN_MS = 1_000, PING_MS = 20_000, SILENT_MS = 60_000;
const CLOSED_AUTH = 4003, CLOSED_POLICY = 1008;

// Up to where each room is dealt with: that and the answers' cmids are all that has to survive a crash.
let cursors = {};
try { cursors = JSON.parse(readFileSync(PARLEY_STATE, 'utf8')); } catch { /* the first start */ }
function moveTo(room, seq) {
  cursors[room] = seq;
  writeFileSync(`${PARLEY_STATE}.new`, JSON.stringify(cursors));
  renameSync(`${PARLEY_STATE}.new`, PARLEY_STATE);
}

// A message's answer has the same cmid whenever it is sent: the server stores it once.
let me;
const cmidOf = ({ room, seq }) => createHash('sha256').update(`${me} ${room} ${seq}`).digest('hex')
  .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');

async function answer(event) {
  const url = `${PARLEY_URL}/api/v1/rooms/${event.room}/messages`;
  const headers = { authorization: `Bearer ${PARLEY_TOKEN}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ cmid: cmidOf(event), body: event.body.slice('echo '.length) });
  for (;;) {
    const status = await fetch(url, { method: 'POST', headers, body }).then((reply) => reply.status, () => 0);
    if (status >= 200 && status < 500 && status !== 429) return; // stored, or refused for good
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}

let work = Promise.resolve(); // one thing after the other, over reconnects too
function connect() {
  const ws = new WebSocket(`${PARLEY_URL.replace(/^http/, 'ws')}/ws`, 'parley.v1');
  const send = (frame) => ws.readyState === WebSocket.OPEN && ws.send(JSON.stringify(frame));
  const fetchFrom = (room) => send({ t: 'fetch', room, after: cursors[room], limit: 200 });
  let heard = Date.now();

  async function take(event) {
    const { room, seq } = event, held = cursors[room] ?? seq - 1; // a room that is new to us begins now
    if (seq > held + 1) fetchFrom(room); // what is between comes first, and this one again
    if (seq !== held + 1) return;
    if (event.type === 'message' && event.sender !== me && /^echo ./s.test(event.body)) await answer(event);
    moveTo(room, seq);
  }
  async function handle(frame) {
    if (frame.t === 'welcome') { me = frame.user; send({ t: 'resume', epoch: frame.epoch, cursors }); }
    if (frame.t === 'resumed') for (const [room, { head, limited }] of Object.entries(frame.rooms)) {
      if (!(cursors[room] <= head)) moveTo(room, head);
      else if (limited) fetchFrom(room);
    }
    if (frame.t === 'event') await take(frame);
    if (frame.t === 'batch') { for (const event of frame.events) await take(event); if (!frame.complete) fetchFrom(frame.room); }
    if (frame.t === 'pong') for (const [room, seq] of Object.entries(frame.heads ?? {})) if (cursors[room] < seq) fetchFrom(room);
  }

  const pings = setInterval(() => (Date.now() - heard > SILENT_MS ? ws.close() : send({ t: 'ping', n: 1 })), PING_MS);
  ws.onopen = () => send({ t: 'hello', v: 1, token: PARLEY_TOKEN, device: 'echo-bot' });
  ws.onmessage = ({ data }) => {
    heard = Date.now();
    for (const line of data.split('\n')) if (line !== '') work = work.then(() => handle(JSON.parse(line)));
  };
  ws.onclose = ({ code, reason }) => {
    clearInterval(pings);
    if (code === CLOSED_AUTH || code === CLOSED_POLICY) { console.error(`not let in: ${reason}`); process.exit(1); }
    setTimeout(connect, AGAIN_MS);
  };
}
connect();
