// People of a running instance for the tests of backup, export and upgrades, by REST alone. Node 20 or later.
//   seed URL            two people, a room, and one of each thing that a log or a person can have
//   say URL TEXT        ada writes it into their room
//   mine URL FILE       what the server has of ben, as he downloads it
//   state URL           all that ada and ben can see, as JSON with nothing in it that changes by itself; files by SHA-256
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export const PASSWORD = 'correct horse battery';
export const ROOM = 'kept things';
const READY_MS = 60_000;

/** One person's calls. */
export class Caller {
  constructor(url, token, id) {
    Object.assign(this, { url, token, id });
  }
  static async enter(url, how, username) {
    const body = JSON.stringify({ username, password: PASSWORD });
    const answer = await fetch(`${url}/api/v1/auth/${how}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body,
    });
    if (!answer.ok) throw new Error(`${how} ${username}: ${answer.status} ${await answer.text()}`);
    const { access_token, user } = await answer.json();
    return new Caller(url, access_token, user.id);
  }
  async call(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', origin: this.url };
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
  send(room, body, more = {}) {
    return this.call('POST', `/rooms/${room}/messages`, { cmid: randomUUID(), body, ...more });
  }
  async upload(bytes, name) {
    const headers = { authorization: `Bearer ${this.token}`, 'tus-resumable': '1.0.0', origin: this.url };
    const metadata = `filename ${Buffer.from(name).toString('base64')}`;
    const made = await fetch(`${this.url}/media/files`, {
      method: 'POST',
      headers: { ...headers, 'upload-length': String(bytes.length), 'upload-metadata': metadata },
    });
    if (made.status !== 201) throw new Error(`upload: ${made.status} ${await made.text()}`);
    const path = new URL(made.headers.get('location'), this.url).pathname;
    const put = await fetch(this.url + path, {
      method: 'PATCH',
      headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      body: bytes,
    });
    if (put.status !== 204) throw new Error(`upload: ${put.status} ${await put.text()}`);
    for (const end = Date.now() + READY_MS; Date.now() < end; ) {
      const info = await (await fetch(`${this.url}${path}/info`, { headers })).json();
      if (info.state === 'ready') return path.split('/').at(-1);
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`${name} did not become ready`);
  }
  async digest(file) {
    const answer = await fetch(`${this.url}/media/files/${file}`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    if (!answer.ok) throw new Error(`file ${file}: ${answer.status}`);
    return createHash('sha256')
      .update(Buffer.from(await answer.arrayBuffer()))
      .digest('hex');
  }
}

// A picture of one pixel, and bytes of every value, more than a row takes.
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const BYTES = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * 7 + (i >> 8)) & 255));

async function seed(url) {
  // Made from the shell, she is an admin.
  const ada = await Caller.enter(url, 'login', 'ada.keeps');
  const ben = await Caller.enter(url, 'register', 'ben.keeps');
  // With the first look at them both come into the room everybody is in.
  for (const who of [ada, ben]) await who.call('GET', '/rooms');
  const room = (await ada.call('POST', '/rooms', { name: ROOM, kind: 'private', members: [ben.id] })).id;
  const said = async (who, body, more) => (await who.send(room, body, more)).seq;
  const at = (seq) => `/rooms/${room}/messages/${seq}`;

  const first = await said(
    ada,
    'Plain, with "quotes", \\back\\slashes\\ and a tab\there,\nand a line; Ünïcödé 日本語 עברית 👩‍👩‍👧 \u2028.',
  );
  const edited = await said(ben, 'teh text');
  await ben.call('PATCH', at(edited), { body: 'the text, edited' });
  await ben.call('PATCH', at(edited), { body: 'the text, edited twice @ada.keeps' });
  await ada.call('DELETE', at(await said(ada, 'to be deleted')));
  for (const emoji of ['👍', '🎉']) await ben.call('POST', `${at(first)}/reactions`, { emoji, on: true });
  await ben.call('POST', `${at(first)}/reactions`, { emoji: '🎉', on: false });
  await ada.call('POST', `${at(first)}/pin`, { on: true });
  await said(ben, 'a reply', { thread: first });
  await said(ada, 'with a quote @all', { quote: edited });
  for (const anonymous of [false, true]) {
    const poll = await said(ada, undefined, {
      poll: { question: `Tea? ${anonymous}`, options: ['yes', 'no \\ "maybe"'], multiple: true, anonymous },
    });
    await ben.call('PUT', `${at(poll)}/vote`, { options: [0, 1] });
    if (anonymous) await ada.call('POST', `${at(poll)}/close`, {});
  }
  const dot = await ada.upload(DOT, 'dot.png');
  await said(ada, 'two files', { files: [dot, await ada.upload(BYTES, 'bytes of all values.bin')] });
  await ada.call('POST', '/admin/emoji', { name: 'dot', file: await ada.upload(DOT, 'emoji.png') });
  const pack = (await ada.call('POST', '/admin/stickers', { name: 'Dots' })).id;
  await ada.call('POST', `/admin/stickers/${pack}`, { name: 'one', file: await ada.upload(DOT, 'sticker.png') });
  await ada.call('POST', '/admin/invites', { uses: 3 });
  await ada.call('PATCH', '/admin/settings', { name: 'Kept \\ "things"' });
  await ada.call('PATCH', '/me', { about: 'keeps things', picture: await ada.upload(DOT, 'me.png') });
  await ben.call('PUT', '/me/status', { emoji: '🌴', text: 'away' });
  await ben.call('PUT', '/me/blocks/' + ada.id, {});
  await ben.call('DELETE', '/me/blocks/' + ada.id);
  const carl = await Caller.enter(url, 'register', 'carl.keeps');
  await ben.call('PUT', '/me/blocks/' + carl.id, {});
  await ada.call('PUT', `/rooms/${room}/bans/${carl.id}`, {});
  await ada.call('POST', '/me/tokens', { name: 'a script', scopes: ['read'] });
  await ada.call('PUT', `/rooms/${room}/draft`, { body: 'half a thou', written_at: Date.now() });
  await ben.call('POST', '/later', { room, seq: first, note: 'again' });
  await ada.call('POST', `/rooms/${room}/scheduled`, {
    cmid: randomUUID(),
    body: 'in a year',
    send_at: Date.now() + 300 * 86_400_000,
  });
  await ada.call('PATCH', `/rooms/${room}`, { topic: 'what is kept', description: 'all of it' });
  await ada.call('PUT', `/rooms/${room}/members/${ben.id}`, { role: 'moderator' });
  await ada.call('POST', `/rooms/${room}/invites`, { expires_in_s: 86_400 });
  await ada.call('POST', `${at(edited)}/report`, { reason: 'other', words: 'only a test' });
  const dm = (await ada.call('POST', '/dms', { user: ben.id })).id;
  await ada.send(dm, 'between us');
  await ada.call('POST', `/rooms/${dm}/forwards`, { cmid: randomUUID(), from_room: room, from_seq: edited });
  await ada.call('POST', '/bots', { username: 'echo.keeps' });
  const crew = (await ada.call('POST', '/groups', { handle: 'crew.keeps', title: 'Who keeps \\ "things"' })).id;
  await ada.call('POST', `/groups/${crew}/members`, { users: [ada.id, ben.id, carl.id] });
  await said(ada, 'and @crew.keeps is called');
  await said(ada, 'the last thing');
}
async function mine(url, file) {
  const ben = await Caller.enter(url, 'login', 'ben.keeps');
  await ben.call('POST', '/auth/confirm', { password: PASSWORD });
  const answer = await fetch(`${url}/media/mine`, { headers: { authorization: `Bearer ${ben.token}` } });
  if (!answer.ok) throw new Error(`mine: ${answer.status} ${await answer.text()}`);
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
}
async function state(url) {
  const seen = {};
  for (const name of ['ada.keeps', 'ben.keeps']) {
    const who = await Caller.enter(url, 'login', name);
    const rooms = {};
    for (const { id } of (await who.call('GET', '/rooms')).rooms) {
      const log = await who.call('GET', `/rooms/${id}/messages?limit=200`);
      const files = {};
      for (const event of log.events) for (const file of event.files ?? []) files[file.id] = await who.digest(file.id);
      const members = await who.call('GET', `/rooms/${id}/members`);
      rooms[id] = {
        about: await who.call('GET', `/rooms/${id}`),
        log,
        files,
        members,
        pins: await who.call('GET', `/rooms/${id}/pins`),
      };
    }
    const me = await who.call('GET', '/me');
    const { drafts } = await who.call('GET', '/drafts');
    seen[name] = {
      me,
      rooms,
      drafts,
      groups: await who.call('GET', '/groups'),
      crews: await Promise.all((me.groups ?? []).map((id) => who.call('GET', `/users?group=${id}`))),
      later: await who.call('GET', '/later'),
      scheduled: await who.call('GET', '/scheduled'),
    };
    seen[name].picture = me.picture && (await who.digest(me.picture));
  }
  // How far a device holds a room is told by whoever is connected.
  return JSON.stringify(seen, (name, value) => (/^delivered_/.test(name) ? undefined : value), 1);
}

export async function roomOf(who) {
  return (await who.call('GET', '/rooms')).rooms.find((room) => room.name === ROOM).id;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [what, url, text] = process.argv.slice(2);
  if (what === 'seed') await seed(url);
  else if (what === 'state') console.log(await state(url));
  else if (what === 'mine') await mine(url, text);
  else if (what === 'say') {
    const ada = await Caller.enter(url, 'login', 'ada.keeps');
    console.log((await ada.send(await roomOf(ada), text)).seq);
  } else throw new Error('usage: people.mjs seed|mine|state|say URL [FILE|TEXT]');
}
