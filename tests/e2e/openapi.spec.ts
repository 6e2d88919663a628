import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from './watched.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { keeper } from './keeper.js';
import { fresh, PASSWORD } from './people.js';
import { type Answer, type Login, loginOf, request, type Room, type User } from './protocol_client.js';

interface Operation {
  requestBody?: unknown;
  responses: Record<string, { content?: Record<string, unknown> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}
interface Call {
  /** Values for the {names} of the path. */
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  token?: string;
  cookie?: string;
  /** The error that has to come; without it the call has to succeed. */
  error?: string;
}

const file = readFileSync(resolve(import.meta.dirname, '../../protocol/openapi.yaml'), 'utf8');
const doc = parse(file) as Document;
// Not strict: the document around the schemas has members that JSON Schema does not know.
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
ajv.addSchema(doc, 'api');

/** Checks a value against the schema at this place of the document. */
function expectSchema(place: string[], value: unknown): void {
  const pointer = place.map((p) => encodeURIComponent(p.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = ajv.compile({ $ref: `api#/${pointer}` });
  validate(value);
  expect(validate.errors, `${place.join(' ')}: ${JSON.stringify(value).slice(0, 500)}`).toBeNull();
}

const succeeded = new Set<string>();
let url: string;
let ana: Login;
let ben: Login;
let room: string;

/** Calls an operation and holds the answer, and what was sent, against the document. */
async function call(method: string, template: string, how: Call = {}): Promise<Answer> {
  const operation = doc.paths[template]?.[method];
  if (!operation) throw new Error(`${method} ${template} is not in the document`);
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => how.path![name]!);
  const query = how.query ? `?${new URLSearchParams(how.query)}` : '';
  const answer = await request(url, method.toUpperCase(), path + query, how);
  const status = String(answer.status);
  const said = `${method} ${path}: ${status} ${JSON.stringify(answer.body)}`;
  expect(Object.keys(operation.responses), said).toContain(status);
  const place = ['paths', template, method];
  if (operation.responses[status]!.content) {
    expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
    expectSchema([...place, 'responses', status, 'content', 'application/json', 'schema'], answer.body);
  } else {
    expect(answer.body).toBeUndefined();
  }
  expect(answer.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{8,64}$/);
  if (how.error !== undefined) {
    expect(answer.body, said).toMatchObject({ code: how.error, request_id: answer.headers.get('x-request-id') });
    return answer;
  }
  expect(answer.status, said).toBeLessThan(300);
  expect(how.body !== undefined, 'a body goes where the document has one').toBe(operation.requestBody !== undefined);
  if (how.body !== undefined) expectSchema([...place, 'requestBody', 'content', 'application/json', 'schema'], how.body);
  succeeded.add(`${method} ${template}`);
  return answer;
}

/** The same, for who wants the body only. */
const get = async <T>(template: string, how: Call): Promise<T> => (await call('get', template, how)).body as T;
const post = async <T>(template: string, how: Call): Promise<T> => (await call('post', template, how)).body as T;

test.describe.configure({ mode: 'serial' });
test.beforeAll(({}, info) => {
  url = info.project.use.baseURL!;
});

test('the server hands out the document that is in protocol/', async () => {
  const answer = await fetch(`${url}/api/v1/openapi.yaml`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe(file);
  expect(doc.openapi).toBe('3.1.0');
});

test('logging in, in every way, is as the document says', async () => {
  const [username, display_name] = [fresh('ana'), '語'.repeat(80)];
  const login = { username, password: PASSWORD };
  ana = loginOf(await call('post', '/auth/register', { body: { ...login, display_name } }));
  ben = loginOf(await call('post', '/auth/register', { body: { username: fresh('ben'), password: PASSWORD } }));
  await call('post', '/auth/register', { body: login, error: 'username_taken' });
  await call('post', '/auth/register', { body: { username: 'a', password: PASSWORD }, error: 'username_invalid' });
  await call('post', '/auth/register', { body: { username: fresh('eve'), password: 'short' }, error: 'password_invalid' });
  await call('post', '/auth/login', { body: { username, password: 'wrong horse' }, error: 'bad_credentials' });
  await call('post', '/auth/login', { body: { username }, error: 'bad_request' });
  const second = loginOf(await call('post', '/auth/login', { body: login }));
  const third = loginOf(await call('post', '/auth/refresh', { cookie: second.cookie }));
  expect(third.session).toBe(second.session);
  await call('post', '/auth/refresh', { error: 'unauthorized' });
  const token = ana.access_token;
  const { sessions } = await get<{ sessions: { id: string; current: boolean }[] }>('/auth/sessions', { token });
  expect(sessions.filter((s) => s.current).map((s) => s.id)).toEqual([ana.session]);
  await call('delete', '/auth/sessions/{session}', { token, path: { session: second.session } });
  await call('post', '/auth/refresh', { cookie: third.cookie, error: 'session_revoked' });
  await call('delete', '/auth/sessions/{session}', { token, path: { session: randomUUID() }, error: 'not_found' });
  await call('post', '/auth/confirm', { token, body: { password: 'not it at all' }, error: 'bad_credentials' });
  await call('post', '/auth/confirm', { token, body: { password: PASSWORD } });
  await call('post', '/auth/password', { token, body: { current: 'not it at all', new: PASSWORD }, error: 'bad_credentials' });
  await call('post', '/auth/password', { token, body: { current: PASSWORD, new: `${PASSWORD} 2` } });
  const fourth = loginOf(await call('post', '/auth/login', { body: { username, password: `${PASSWORD} 2` } }));
  await call('post', '/auth/logout', { cookie: fourth.cookie });
  await call('post', '/auth/refresh', { cookie: fourth.cookie, error: 'session_revoked' });
  const { keys } = await get<{ keys: object[] }>('/auth/jwks', {});
  expect(keys[0]).toMatchObject({ kty: 'EC', use: 'sig' });
});

test('people and presence are as the document says', async () => {
  const token = ana.access_token;
  expect(await get<User>('/me', { token })).toMatchObject({ ...ana.user });
  await call('get', '/me', { error: 'unauthorized' });
  expect(await get<User>('/users/{user}', { token, path: { user: ben.user.id } })).toMatchObject({ ...ben.user });
  await call('get', '/users/{user}', { token, path: { user: '999999999999' }, error: 'user_not_found' });
  const found = await get<{ users: User[] }>('/users', { token, query: { query: ben.user.username, limit: '5' } });
  expect(found.users).toEqual([ben.user]);
  const named = await get<{ users: User[] }>('/users', { token, query: { ids: `${ana.user.id},${ben.user.id}` } });
  expect(new Set(named.users.map((u) => u.id))).toEqual(new Set([ana.user.id, ben.user.id]));
});

test('what people say of themselves, and whom they block, is as the document says', async () => {
  const token = ana.access_token;
  const profile = { display_name: 'Ana', about: 'a\nb', time_zone: 'Europe/Berlin', colour: 9, hide_last_seen: true, hide_read: true };
  expect(await (await call('patch', '/me', { token, body: profile })).body).toMatchObject(profile);
  await call('patch', '/me', { token, body: { time_zone: 'Europe/Nowhere' }, error: 'time_zone_invalid' });
  const status = { emoji: '🌴', text: 'away', expires_at: Date.now() + 3_600_000 };
  expect((await call('put', '/me/status', { token, body: status })).body).toMatchObject({ status });
  await call('put', '/me/status', { token, body: { emoji: 'x' }, error: 'emoji_invalid' });
  const dnd = { until: Date.now() + 3_600_000, quiet_from: [0, 0, 0, 0, 0, 0, 0], quiet_to: [1440, 60, 60, 60, 60, 60, 60] };
  await call('put', '/me/dnd', { token, body: dnd });
  expect(await get('/me', { token })).toMatchObject({ quiet_to: dnd.quiet_to, dnd_until: dnd.until });
  const seen = await get<object>('/users/{user}', { token: ben.access_token, path: { user: ana.user.id } });
  expect(seen).toMatchObject({ about: 'a\nb', colour: 9, status, dnd: { from: expect.any(Number) } });
  await call('delete', '/me/status', { token });
  await call('put', '/me/dnd', { token, body: {} });
  const path = { user: ben.user.id };
  await call('put', '/me/blocks/{user}', { token, path });
  await call('put', '/me/blocks/{user}', { token, path: { user: '999999999999' }, error: 'user_not_found' });
  expect((await get<{ users: User[] }>('/me/blocks', { token })).users.map((u) => u.id)).toEqual([ben.user.id]);
  await call('post', '/dms', { token: ben.access_token, body: { user: ana.user.id }, error: 'blocked' });
  await call('delete', '/me/blocks/{user}', { token, path });
  await get('/rooms', { token });
  await get('/rooms', { token: ben.access_token });
  const shared = await get<{ rooms: string[] }>('/users/{user}/rooms', { token, path });
  expect(shared.rooms.length).toBeGreaterThan(0);
});

test('access tokens and bots are as the document says', async () => {
  const token = ana.access_token;
  type Token = { id: string; token: string };
  const body = { name: 'a script', scopes: ['read', 'write'], expires_at: Date.now() + 3_600_000 };
  const mine = await post<Token>('/me/tokens', { token, body });
  expect(await get<User>('/me', { token: mine.token })).toMatchObject({ id: ana.user.id });
  await call('patch', '/me', { token: mine.token, body: { about: 'x' }, error: 'scope_missing' });
  const { tokens } = await get<{ tokens: Token[] }>('/me/tokens', { token });
  expect(tokens).toMatchObject([{ id: mine.id, name: 'a script', scopes: ['read', 'write'] }]);
  expect(tokens[0]).not.toHaveProperty('token');
  await call('delete', '/me/tokens/{token}', { token, path: { token: mine.id } });
  // The other gateways hear of it a moment later.
  await expect.poll(async () => (await request(url, 'GET', '/me', { token: mine.token })).status).toBe(401);
  await call('get', '/me', { token: mine.token, error: 'session_revoked' });
  await call('post', '/me/tokens', { token, body: { name: 'x', scopes: ['all'] }, error: 'bad_request' });

  const bot = await post<User>('/bots', { token, body: { username: fresh('bot'), display_name: 'Bot' } });
  await call('post', '/bots', { token, body: { username: bot.username }, error: 'username_taken' });
  const path = { bot: bot.id };
  await call('patch', '/bots/{bot}', { token, path, body: { display_name: 'Builder' } });
  expect(await get('/bots', { token })).toMatchObject({ bots: [{ id: bot.id, display_name: 'Builder', bot: true }] });
  const its = await post<Token>('/bots/{bot}/tokens', { token, path, body: { name: 'one', scopes: ['read'] } });
  expect(await get<User>('/me', { token: its.token })).toMatchObject({ id: bot.id, bot: true });
  await call('get', '/bots/{bot}/tokens', { token: ben.access_token, path, error: 'not_found' });
  expect(await get('/bots/{bot}/tokens', { token, path })).toMatchObject({ tokens: [{ id: its.id }] });
  await call('delete', '/bots/{bot}/tokens/{token}', { token, path: { ...path, token: its.id } });
  await call('delete', '/bots/{bot}', { token, path });
  await call('delete', '/bots/{bot}', { token, path, error: 'not_found' });
});

test('rooms are as the document says', async () => {
  const token = ana.access_token;
  const name = fresh('document ');
  ({ id: room } = await post<Room>('/rooms', { token, body: { name, kind: 'public', topic: 'what is written' } }));
  await call('post', '/rooms', { token, body: { name, kind: 'public' }, error: 'name_taken' });
  await call('post', '/rooms', { token, body: { name, kind: 'secret' }, error: 'bad_request' });
  const { id: group } = await post<Room>('/rooms', { token, body: { kind: 'group', members: [ben.user.id] } });
  const directory = await get<{ rooms: Room[] }>('/rooms/directory', { token: ben.access_token, query: { query: name } });
  expect(directory.rooms.map((r) => r.id)).toEqual([room]);
  await call('get', '/rooms/{room}/members', { token: ben.access_token, path: { room }, error: 'not_member' });
  await post<Room>('/rooms/{room}/join', { token: ben.access_token, path: { room } });
  await call('post', '/rooms/{room}/leave', { token: ben.access_token, path: { room } });
  await call('post', '/rooms/{room}/members', { token, path: { room }, body: { user: ben.user.id } });
  const members = await get<{ members: { user: User; role: string }[] }>('/rooms/{room}/members', { token, path: { room } });
  expect(members.members.map((m) => [m.user.id, m.role])).toEqual([[ana.user.id, 'owner'], [ben.user.id, 'member']]);
  const dm = await post<Room>('/dms', { token, body: { user: ben.user.id } });
  expect(dm).toMatchObject({ kind: 'dm', name: '', peer: { id: ben.user.id, username: ben.user.username } });
  const mine = await get<{ rooms: Room[] }>('/rooms', { token: ben.access_token });
  expect(mine.rooms.map((r) => r.id)).toEqual(expect.arrayContaining([room, group, dm.id]));
  const removal = '/rooms/{room}/members/{user}';
  await call('delete', removal, { token: ben.access_token, path: { room: group, user: ana.user.id }, error: 'forbidden' });
  await call('delete', removal, { token, path: { room: group, user: ben.user.id } });
  await call('get', '/rooms/{room}', { token: ben.access_token, path: { room: group }, error: 'room_not_found' });
  await call('get', '/rooms/{room}', { token, path: { room: '999999999999' }, error: 'room_not_found' });
  const presence = await get<{ users: { user: string }[] }>('/presence', { token, query: { users: ben.user.id } });
  expect(presence.users.map((p) => p.user)).toEqual([ben.user.id]);
});

test('messages are as the document says', async () => {
  const [token, path] = [ana.access_token, { room }];
  // The longest that is allowed: it has to fit what the document says of answers, too.
  const body = { cmid: randomUUID(), body: 'ж'.repeat(8192) };
  const first = await post<{ seq: number }>('/rooms/{room}/messages', { token, path, body });
  expect(await post('/rooms/{room}/messages', { token, path, body })).toEqual({ ...first, dup: true });
  await call('post', '/rooms/{room}/messages', { token, path, body: { ...body, body: 'other' }, error: 'idempotency_conflict' });
  await call('post', '/rooms/{room}/messages', { token, path, body: { cmid: 'x', body: 'y' }, error: 'bad_request' });
  await post('/rooms/{room}/messages', { token, path, body: { cmid: randomUUID(), body: 'the second' } });
  const types = ['created', 'joined', 'left', 'added', 'message', 'message'];
  type Part = { events: { type: string; seq: number }[]; complete: boolean };
  const up = await get<Part>('/rooms/{room}/messages', { token, path, query: { after: '0' } });
  expect(up.events.map((e) => e.type)).toEqual(types);
  expect(up.complete).toBe(true);
  const down = await get<Part>('/rooms/{room}/messages', { token, path, query: { before: '6', limit: '2' } });
  expect(down.events.map((e) => e.seq)).toEqual([4, 5]);
  expect(down.complete).toBe(false);
  const newest = await get<Part>('/rooms/{room}/messages', { token, path });
  expect(newest.events.at(-1)!.seq).toBe(first.seq + 1);
  await call('get', '/rooms/{room}/messages', { token, path, query: { limit: '201' }, error: 'bad_request' });
  const read = { token: ben.access_token, path, body: { seq: first.seq } };
  expect(await post('/rooms/{room}/read', read)).toEqual({ room, seq: first.seq, n: 1 });
  const seen = await get<Room>('/rooms/{room}', { token: ben.access_token, path });
  expect(seen).toMatchObject({ head: first.seq + 1, n: 2, read_seq: first.seq, read_n: 1, last: { body: 'the second' } });
});

/** A new message of Ana's, and the path to it. */
async function written(body: string, how: object = {}, login = ana, to = room): Promise<{ seq: number; path: Record<string, string> }> {
  const call = { token: login.access_token, path: { room: to }, body: { cmid: randomUUID(), body, ...how } };
  const { seq } = await post<{ seq: number }>('/rooms/{room}/messages', call);
  return { seq, path: { room: to, seq: String(seq) } };
}

test('polls, stickers and drafts are as the document says', async () => {
  const [token, bens] = [ana.access_token, ben.access_token];
  const sent = '/rooms/{room}/messages';
  const poll = { question: 'Lunch?', options: ['Soup', 'Cake'], closes_at: Date.now() + 3_600_000 };
  const { seq } = await post<{ seq: number }>(sent, { token, path: { room }, body: { cmid: randomUUID(), poll } });
  const path = { room, seq: String(seq) };
  const one = `${sent}/{seq}`;
  await call('put', `${one}/vote`, { token: bens, path, body: { options: [1] } });
  await call('put', `${one}/vote`, { token: bens, path, body: { options: [0, 1] }, error: 'bad_request' });
  expect(await get(`${one}/vote`, { token: bens, path })).toEqual({ options: [1] });
  await call('post', `${one}/close`, { token: bens, path, error: 'forbidden' });
  await call('post', `${one}/close`, { token, path });
  await call('put', `${one}/vote`, { token: bens, path, body: { options: [0] }, error: 'poll_closed' });
  const votes = [{ user: ben.user.id, options: [1] }];
  expect(await get<object>(one, { token, path })).toMatchObject({
    body: '📊 Lunch?\n1. Soup\n2. Cake',
    data: { poll },
    state: { poll: { counts: [0, 1], voters: 1, closed_at: expect.any(Number), votes } },
  });
  const bad = { cmid: randomUUID(), poll: { question: 'Lunch?', options: ['Soup'] } };
  await call('post', sent, { token, path: { room }, body: bad, error: 'poll_invalid' });
  await post(sent, { token, path: { room }, body: { cmid: randomUUID(), sticker: { pack: 'mo', name: 'wave' } } });
  const draft = { body: 'half a', written_at: Date.now() - 5_000 };
  const kept = await call('put', '/rooms/{room}/draft', { token, path: { room }, body: draft });
  expect(kept.body).toEqual({ room, ...draft });
  expect(await get('/drafts', { token })).toEqual({ drafts: [{ room, ...draft }], complete: true });
  await call('put', '/rooms/{room}/draft', { token, path: { room: '999999999999' }, body: draft, error: 'room_not_found' });
});

test('what is done to messages is as the document says', async () => {
  const [token, bens] = [ana.access_token, ben.access_token];
  const one = '/rooms/{room}/messages/{seq}';
  const { seq, path } = await written('as it was');
  await call('patch', one, { token, path, body: { body: 'as it is' } });
  await call('patch', one, { token: bens, path, body: { body: 'not mine' }, error: 'forbidden' });
  const { edits } = await get<{ edits: { body: string }[] }>(`${one}/edits`, { token, path });
  expect(edits.map((e) => e.body)).toEqual(['as it was', 'as it is']);
  await call('post', `${one}/reactions`, { token: bens, path, body: { emoji: '👍', on: true } });
  await call('post', `${one}/reactions`, { token: bens, path, body: { emoji: 'x'.repeat(65), on: true }, error: 'bad_request' });
  await call('post', `${one}/pin`, { token, path, body: { on: true } });
  const now = await get<object>(one, { token, path });
  const reactions = [{ emoji: '👍', count: 1, users: [ben.user.id] }];
  expect(now).toMatchObject({ seq, body: 'as it is', state: { pinned: true, reactions, edited_at: expect.any(Number) } });
  expect(await get('/rooms/{room}/pins', { token, path: { room } })).toEqual({ events: [now] });
  await call('delete', one, { token: bens, path, error: 'forbidden' });
  await call('delete', one, { token, path });
  expect(await get(one, { token: bens, path })).toMatchObject({ body: '', state: { deleted: true } });
  await call('get', one, { token, path: { room, seq: '999999' }, error: 'message_not_found' });
  const at = '/rooms/{room}/at';
  expect(await get(at, { token, path: { room }, query: { ts: '0' } })).toEqual({ room, seq: 1, beyond: false });
  const later = String(Date.now() + 3_600_000);
  expect(await get(at, { token, path: { room }, query: { ts: later } })).toMatchObject({ room, beyond: true });
});

test('threads and the search are as the document says', async () => {
  const bens = ben.access_token;
  const one = '/rooms/{room}/threads/{seq}';
  const root = await written('where a thread begins');
  const word = fresh('zebra');
  const reply = await written(`striped as a ${word}`, { thread: root.seq });
  const { path } = root;
  await call('put', one, { token: bens, path, body: { following: true } });
  type Thread = { root: { seq: number }; unread: number; read_seq: number; following: boolean };
  type Whole = { thread: Thread; replies: { seq: number }[]; complete: boolean };
  const whole = await get<Whole>(one, { token: bens, path });
  expect(whole).toMatchObject({ thread: { root: { seq: root.seq, state: { replies: 1 } }, following: true }, complete: true });
  expect(whole.replies.map((r) => r.seq)).toEqual([reply.seq]);
  await call('put', one, { token: bens, path, body: { read_seq: reply.seq } });
  const { threads } = await get<{ threads: Thread[] }>('/threads', { token: bens });
  expect(threads).toMatchObject([{ root: { seq: root.seq }, unread: 0, read_seq: reply.seq, following: true }]);
  await call('get', one, { token: bens, path: { room, seq: '999999' }, error: 'message_not_found' });

  // What is written is found a moment later.
  type Hits = { hits: { seq: number; marks: number[] }[]; complete: boolean };
  const search = (query: Record<string, string>): Promise<Hits> => get<Hits>('/search', { token: bens, query });
  await expect.poll(async () => (await search({ q: word })).hits.map((h) => h.seq)).toEqual([reply.seq]);
  const best = await search({ q: `"${word}" from:${ana.user.username}`, sort: 'best', room, zone: 'Europe/Berlin', limit: '1' });
  expect(best.hits).toMatchObject([{ room, seq: reply.seq, sender: ana.user.id, about: root.seq }]);
  expect(best.hits[0]!.marks.length).toBeGreaterThan(0);
  await call('get', '/search', { token: bens, query: { q: `${word} after:2020-01-31`, zone: 'Europe/Nowhere' }, error: 'time_zone_invalid' });
});

test('what rules a room has, and who keeps them, is as the document says', async () => {
  const [token, bens] = [ana.access_token, ben.access_token];
  const { id } = await post<Room>('/rooms', { token, body: { name: fresh('rules '), kind: 'public', members: [ben.user.id] } });
  const [path, him] = [{ room: id }, { room: id, user: ben.user.id }];
  const settings = { topic: 'quiet', description: 'a\nb', kind: 'private', announcement: true, slow_mode_s: 60 };
  await call('patch', '/rooms/{room}', { token, path, body: settings });
  await call('patch', '/rooms/{room}', { token: bens, path, body: { topic: 'loud' }, error: 'forbidden' });
  await call('put', '/rooms/{room}/members/{user}', { token, path: him, body: { role: 'moderator' } });
  await call('put', '/rooms/{room}/permissions/{permission}', { token, path: { room: id, permission: 'pin' }, body: { lowest: 'owner' } });
  const seen = await get<Room>('/rooms/{room}', { token: bens, path });
  expect(seen).toMatchObject({ ...settings, role: 'moderator', permissions: { pin: 'owner' } });
  const { path: theirs } = await written('for the wall', {}, ben, id);
  await call('post', '/rooms/{room}/messages/{seq}/pin', { token: bens, path: theirs, body: { on: true }, error: 'forbidden' });

  const mute = '/rooms/{room}/members/{user}/mute';
  const send = { token: bens, path, body: { cmid: randomUUID(), body: 'hush' } };
  await call('put', mute, { token, path: him, body: { until: Date.now() + 3_600_000 } });
  await call('post', '/rooms/{room}/messages', { ...send, error: 'muted' });
  await call('put', mute, { token, path: him, body: { until: 0 } });
  await call('post', '/rooms/{room}/archive', { token, path, body: { on: true } });
  await call('post', '/rooms/{room}/messages', { ...send, error: 'archived' });
  await call('post', '/rooms/{room}/archive', { token, path, body: { on: false } });
  await post('/rooms/{room}/messages', send);

  await call('put', '/rooms/{room}/bans/{user}', { token, path: him });
  const { bans } = await get<{ bans: { user: User; by: string }[] }>('/rooms/{room}/bans', { token, path });
  expect(bans).toMatchObject([{ user: { id: ben.user.id }, by: ana.user.id }]);
  await call('post', '/rooms/{room}/members', { token, path, body: { user: ben.user.id }, error: 'banned' });
  await call('delete', '/rooms/{room}/bans/{user}', { token, path: him });
  expect(await get('/rooms/{room}/bans', { token, path })).toEqual({ bans: [] });
  await call('post', '/rooms/{room}/members', { token, path, body: { user: ben.user.id } });
});

test('invitations, and what is mine, are as the document says', async () => {
  const [token, bens] = [ana.access_token, ben.access_token];
  const { id } = await post<Room>('/rooms', { token, body: { name: fresh('inner '), kind: 'private' } });
  const path = { room: id };
  type Invite = { id: string; token: string };
  const made = { token, path, body: { expires_in_s: 3600, uses: 1, role: 'guest' } };
  const invite = await post<Invite>('/rooms/{room}/invites', made);
  const { invites } = await get<{ invites: Invite[] }>('/rooms/{room}/invites', { token, path });
  expect(invites).toMatchObject([{ id: invite.id, role: 'guest', uses_left: 1 }]);
  expect(invites[0]).not.toHaveProperty('token');
  const link = { token: bens, path: { token: invite.token } };
  expect(await get('/invites/{token}', link)).toMatchObject({ room: id, inside: false, member_count: 1 });
  expect(await post('/invites/{token}', link)).toMatchObject({ id, role: 'guest' });
  await call('get', '/rooms/{room}/invites', { token: bens, path, error: 'forbidden' });
  const other = await post<Invite>('/rooms/{room}/invites', { token, path, body: {} });
  await call('delete', '/rooms/{room}/invites/{invite}', { token, path: { room: id, invite: other.id } });
  await call('get', '/invites/{token}', { token: bens, path: { token: other.token }, error: 'invite_not_found' });

  await call('put', '/rooms/{room}/mine', { token: bens, path, body: { favourite: true, section: 'Work', notify: 'none', quiet_until: 9007199254740991 } });
  await call('patch', '/me', { token: bens, body: { notify_rooms: 'all', keywords: ['deploy'] } });
  await written('unread', {}, ana, id);
  const before = await get<Room & { read_n: number }>('/rooms/{room}', { token: bens, path });
  expect(before).toMatchObject({ favourite: true, section: 'Work', notify: 'none', quiet_until: 253402300799000 });
  expect(before.read_n).toBeLessThan(before.n);
  await call('post', '/read', { token: bens });
  const back = { token: bens, path, body: { seq: before.head } };
  expect(await post('/rooms/{room}/unread', back)).toMatchObject({ room: id, n: before.n - 1, gen: 1 });
  expect(await get('/rooms/{room}', { token: bens, path })).toMatchObject({ read_n: before.n - 1, read_gen: 1 });
  await call('post', '/rooms/{room}/unread', { ...back, body: { seq: 1 }, error: 'message_not_found' });
  await call('post', '/read', { token: bens });
  expect(await get('/rooms/{room}', { token: bens, path })).toMatchObject({ read_n: before.n });
});

test('what is kept for later, scheduled and forwarded is as the document says', async () => {
  const token = ana.access_token;
  const { id } = await post<Room>('/rooms', { token, body: { name: fresh('dry dock '), kind: 'private' } });
  const { seq } = await written('keep me', {}, ana, id);
  const at = Date.now() + 3_600_000;
  const kept = { room: id, seq, remind_at: at };
  const item = await post<{ id: string; place: number }>('/later', { token, body: kept });
  expect(await post('/later', { token, body: kept })).toMatchObject({ id: item.id, remind_at: at });
  await call('post', '/later', { token, body: { room: id, note: 'soon', remind_at: at - 86_400_000 }, error: 'time_invalid' });
  await call('post', '/later', { token: ben.access_token, body: kept, error: 'room_not_found' });
  const list = await get<{ items: object[] }>('/later', { token, query: { part: 'open' } });
  expect(list).toMatchObject({ items: [{ id: item.id, seq, event: { body: 'keep me' } }], complete: true });
  expect(await get('/later', { token, query: { before: String(item.place), limit: '1' } })).toMatchObject({ items: [] });
  const path = { item: item.id };
  expect(await call('patch', '/later/{item}', { token, path, body: { done: true } })).toMatchObject({ status: 200 });
  await call('delete', '/later/{item}', { token, path });
  await call('delete', '/later/{item}', { token, path, error: 'not_found' });

  const message = { cmid: randomUUID(), body: 'not before the tide', send_at: at };
  const waits = await post<{ id: string }>('/rooms/{room}/scheduled', { token, path: { room: id }, body: message });
  expect(await get('/scheduled', { token })).toMatchObject({ items: [{ id: waits.id, send_at: at }], complete: true });
  const one = { item: waits.id };
  await call('patch', '/scheduled/{item}', { token, path: one, body: { body: 'after the tide', send_at: at + 60_000 } });
  await call('delete', '/scheduled/{item}', { token, path: one });
  await call('patch', '/scheduled/{item}', { token, path: one, body: { now: true }, error: 'not_found' });

  const copy = { cmid: randomUUID(), from_room: id, from_seq: seq };
  await post('/rooms/{room}/forwards', { token, path: { room: id }, body: copy });
  const strange = { token: ben.access_token, path: { room }, body: { ...copy, cmid: randomUUID() } };
  await call('post', '/rooms/{room}/forwards', { ...strange, error: 'message_not_found' });
});

test('what concerns me is as the document says', async () => {
  const bens = ben.access_token;
  const { seq } = await written(`@${ben.user.username}, look`);
  type Page = { items: { kind: string; seq: number; ts: number }[]; seen: number; next?: string };
  const ask = (query: Record<string, string>): Promise<Page> => get<Page>('/activity', { token: bens, query });
  const { items, next } = await ask({ limit: '1', kind: 'mention' });
  expect(items).toMatchObject([{ kind: 'mention', room, seq, by: ana.user.id }]);
  await call('put', '/activity/seen', { token: bens, body: { ts: items[0]!.ts } });
  expect((await ask({})).seen).toBe(items[0]!.ts);
  if (next !== undefined) expect((await ask({ after: next })).items[0]!.seq).not.toBe(seq);
  await call('get', '/activity', { token: bens, query: { after: 'x' }, error: 'bad_request' });
});

test('looking after the server is as the document says', async () => {
  const { access_token: token } = await keeper(url);
  const [anas, bens] = [ana.access_token, ben.access_token];
  const server = await get<{ name: string }>('/server', {});
  const settings = await get<object>('/admin/settings', { token });
  await call('get', '/admin/settings', { token: bens, error: 'forbidden' });
  expect((await call('patch', '/admin/settings', { token, body: { name: server.name } })).body).toEqual(settings);
  await call('patch', '/admin/settings', { token, body: { name: '\u0007' }, error: 'name_invalid' });
  const invite = await post<{ id: string }>('/admin/invites', { token, body: { expires_in_s: 3600, uses: 2 } });
  const { invites } = await get<{ invites: object[] }>('/admin/invites', { token });
  expect(invites).toContainEqual(expect.objectContaining({ id: invite.id, uses_left: 2 }));
  await call('delete', '/admin/invites/{invite}', { token, path: { invite: invite.id } });

  const { seq, path } = await written('to be looked at');
  const theirs = '/rooms/{room}/messages/{seq}';
  await call('post', `${theirs}/report`, { token: anas, path, body: { reason: 'spam' }, error: 'forbidden' });
  await call('post', `${theirs}/report`, { token: bens, path, body: { reason: 'other', words: 'a\nb' } });
  type Reports = { reports: { room: string; seq: number }[] };
  const { reports } = await get<Reports>('/reports', { token, query: { room, state: 'open', limit: '10' } });
  expect(reports).toMatchObject([{ room, seq, reason: 'other', words: 'a\nb', body: 'to be looked at' }]);
  const settlement = { user: ana.user.id, settlement: 'delete' };
  await call('post', `${theirs}/settle`, { token: bens, path, body: settlement, error: 'forbidden' });
  await call('post', `${theirs}/settle`, { token, path, body: settlement });
  const settled = await get<Reports>('/reports', { token, query: { room, state: 'settled' } });
  expect(settled.reports).toMatchObject([{ deleted: true, settlement: 'delete', settled_by: { username: 'keeper' } }]);

  const query = { query: ben.user.username, only: 'all' };
  const { accounts } = await get<{ accounts: object[] }>('/admin/users', { token, query });
  expect(accounts).toMatchObject([{ user: { id: ben.user.id } }]);
  const [her, her_user] = [{ user: ana.user.id }, { id: ana.user.id }];
  await call('patch', '/admin/users/{user}', { token, path: her, body: { disabled: true } });
  await call('get', '/me', { token: anas, error: 'session_revoked' });
  await call('patch', '/admin/users/{user}', { token, path: her, body: { disabled: false } });
  await call('delete', '/admin/users/{user}/sessions', { token, path: her });
  const { rooms } = await get<{ rooms: { id: string }[] }>('/admin/rooms', { token, query: { after: String(Number(room) - 1), limit: '200' } });
  expect(rooms.map((r) => r.id)).toContain(room);
  expect((await get<{ days: object[] }>('/admin/figures', { token })).days).toHaveLength(30);
  const { entries } = await get<{ entries: object[] }>('/admin/audit', { token, query: { kind: 'account_disabled', limit: '1' } });
  expect(entries).toMatchObject([{ kind: 'account_disabled', actor: { username: 'keeper' }, user: her_user }]);
  await call('get', '/admin/audit', { token: bens, error: 'forbidden' });
  // Whose logins were ended comes back, by the password that was set above.
  ana = loginOf(await call('post', '/auth/login', { body: { username: ana.user.username, password: `${PASSWORD} 2` } }));
});

/** A small picture, uploaded and looked at; its id. */
async function uploaded(token: string): Promise<string> {
  const bytes = readFileSync(resolve(import.meta.dirname, '../service/media/picture.png'));
  const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
  const made = await fetch(`${url}/media/files`, { method: 'POST', headers: { ...headers, 'upload-length': String(bytes.length) } });
  expect(made.status).toBe(201);
  const path = new URL(made.headers.get('location')!, url).pathname;
  const type = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  expect((await fetch(url + path, { method: 'PATCH', headers: { ...headers, ...type }, body: new Uint8Array(bytes) })).status).toBe(204);
  const state = async (): Promise<string> => ((await (await fetch(`${url}${path}/info`, { headers })).json()) as { state: string }).state;
  await expect.poll(state).toBe('ready');
  return path.split('/').at(-1)!;
}

test('the files of a room and the preview of a link are as the document says', async () => {
  const token = ben.access_token;
  const file = await uploaded(token);
  await post('/rooms/{room}/messages', { token, path: { room }, body: { cmid: randomUUID(), files: [file] } });
  expect(await get('/rooms/{room}/files', { token, path: { room }, query: {} })).toMatchObject({ files: [{ file: { id: file } }] });
  const { path } = await written('no link here');
  await call('delete', '/rooms/{room}/messages/{seq}/preview', { token: ana.access_token, path });
});

test('faces, emoji and stickers are as the document says', async () => {
  const { access_token: token } = await keeper(url);
  const [anas, bens] = [ana.access_token, ben.access_token];
  const [face, picture] = [await uploaded(anas), await uploaded(token)];
  expect((await call('patch', '/me', { token: anas, body: { picture: face } })).body).toMatchObject({ picture: face });
  expect(await get('/users/{user}', { token: bens, path: { user: ana.user.id } })).toMatchObject({ picture: face });
  await call('patch', '/me', { token: bens, body: { picture: face }, error: 'picture_invalid' });
  await call('patch', '/rooms/{room}', { token: anas, path: { room }, body: { picture: face } });
  expect(await get('/rooms/{room}', { token: bens, path: { room } })).toMatchObject({ picture: face });

  const name = fresh('cat_');
  await call('post', '/admin/emoji', { token: bens, body: { name, file: picture }, error: 'forbidden' });
  await call('post', '/admin/emoji', { token, body: { name: 'Cat', file: picture }, error: 'shortcode_invalid' });
  expect(await post('/admin/emoji', { token, body: { name, file: picture } })).toEqual({ name, file: picture });
  const { version, emoji } = await get<{ version: number; emoji: object[] }>('/emoji', { token: bens, query: {} });
  expect(emoji).toContainEqual({ name, file: picture });
  expect(await get('/emoji', { token: bens, query: { version: String(version) } })).toEqual({ version });
  const { path } = await written('to be reacted to');
  await call('post', '/rooms/{room}/messages/{seq}/reactions', { token: bens, path, body: { emoji: `:${name}:`, on: true } });
  const none = { emoji: ':no_such_thing:', on: true };
  await call('post', '/rooms/{room}/messages/{seq}/reactions', { token: bens, path, body: none, error: 'emoji_invalid' });
  await call('delete', '/admin/emoji/{name}', { token, path: { name } });

  const pack = await post<{ id: string }>('/admin/stickers', { token, body: { name: fresh('Cats ') } });
  const of_pack = { pack: pack.id };
  expect(await post('/admin/stickers/{pack}', { token, path: of_pack, body: { name: 'wave', file: picture } })).toMatchObject({ name: 'wave' });
  const { packs } = await get<{ packs: object[] }>('/stickers', { token: bens, query: {} });
  expect(packs).toContainEqual({ ...pack, stickers: [{ name: 'wave', file: picture }] });
  const sticker = { pack: pack.id, name: 'wave', file: picture };
  await post('/rooms/{room}/messages', { token: bens, path: { room }, body: { cmid: randomUUID(), sticker } });
  await call('delete', '/admin/stickers/{pack}/{name}', { token, path: { ...of_pack, name: 'wave' } });
  await call('post', '/rooms/{room}/messages', { token: bens, path: { room }, body: { cmid: randomUUID(), sticker }, error: 'sticker_unknown' });
  await call('delete', '/admin/stickers/{pack}', { token, path: of_pack });
});

test('groups of people are as the document says', async () => {
  const { access_token: token } = await keeper(url);
  const bens = ben.access_token;
  const handle = fresh('crew');
  const made = await post<{ id: string }>('/groups', { token, body: { handle, title: 'The crew' } });
  const path = { group: made.id };
  expect(made).toEqual({ id: made.id, handle, title: 'The crew', people: 0, may_change: true });
  await call('post', '/groups', { token, body: { handle, title: 'Another' }, error: 'handle_taken' });
  await call('post', '/groups', { token: bens, body: { handle: fresh('crew'), title: 'Mine' }, error: 'forbidden' });
  await call('post', '/groups/{group}/members', { token, path, body: { users: [ben.user.id] } });
  expect(await get('/groups/{group}', { token: bens, path })).toEqual({ id: made.id, handle, title: 'The crew', people: 1 });
  expect(await get<{ may_make: boolean }>('/groups', { token: bens })).toMatchObject({ may_make: false });
  expect(await get('/users', { token: bens, query: { group: made.id } })).toMatchObject({ total: 1 });
  await call('patch', '/groups/{group}', { token, path, body: { title: 'The others' } });
  await call('delete', '/groups/{group}/members/{user}', { token: bens, path: { ...path, user: ben.user.id } });
  await call('delete', '/groups/{group}', { token, path });
  await call('get', '/groups/{group}', { token, path, error: 'group_not_found' });
});

test('what no operation answers is an error as the document has it', async () => {
  for (const [method, path, status, code] of [
    ['GET', '/nothing/here', 404, 'not_found'],
    ['DELETE', '/me', 405, 'method_not_allowed'],
  ] as const) {
    const answer = await request(url, method, path, { token: ana.access_token });
    expect(answer.status).toBe(status);
    expectSchema(['components', 'schemas', 'Error'], answer.body);
    expect(answer.body).toMatchObject({ code });
  }
  const form = await fetch(`${url}/api/v1/auth/login`, { method: 'POST', body: new URLSearchParams({ username: 'ana' }) });
  expect(form.status).toBe(415);
  expectSchema(['components', 'schemas', 'Error'], await form.json());
});

test('no operation of the document was left out', () => {
  const all = Object.entries(doc.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
  expect(all.length).toBeGreaterThan(20);
  expect([...succeeded].sort()).toEqual(all.sort());
});
