import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from '@playwright/test';
import { keeper } from './keeper.js';
import { PASSWORD } from './people.js';
import { plantTimes, setAside, type TimeOf } from './plant.js';
import { type Login, register, request } from './protocol_client.js';

/** When it is in the pictures: a Thursday, ten past noon. */
export const NOW = Date.UTC(2026, 2, 12, 12, 10);
const at = (clock: string, days_ago = 0): number => {
  const [hours, minutes] = clock.split(':').map(Number) as [number, number];
  return Date.UTC(2026, 2, 12 - days_ago, hours, minutes);
};

export interface Actor {
  id: string;
  username: string;
  login: Login;
  call: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  upload: (name: string, bytes: Buffer) => Promise<string>;
}

export interface Scene {
  ada: Actor;
  bo: Actor;
  carol: Actor;
  /** Somebody who has just come. */
  dana: Actor;
  launch: string;
  /** The message in launch with a thread. */
  root: number;
  /** A room where Arabic is written. */
  majlis: string;
  /** A room with a poll and a voice message. */
  design: string;
  /** A room with one message, where dana is. */
  garden: string;
}

async function actor(base: string, username: string, display_name: string, colour: number): Promise<Actor> {
  const login = await register(base, username, PASSWORD);
  const { access_token: token, user } = login;
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await request(base, method, path, { token, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  };
  // By tus, in one piece.
  const upload = async (name: string, bytes: Buffer): Promise<string> => {
    const tus = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
    const signal = AbortSignal.timeout(30_000);
    const made = await fetch(`${base}/media/files`, {
      method: 'POST',
      headers: { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': `filename ${Buffer.from(name).toString('base64')}` },
      signal,
    });
    const path = new URL(made.headers.get('location') ?? '', `${base}/media/files/`).pathname;
    const headers = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    const taken = await fetch(`${base}${path}`, { method: 'PATCH', headers, body: new Uint8Array(bytes), signal });
    if (taken.status !== 204) throw new Error(`${name}: ${taken.status} ${await taken.text()}`);
    const state = async (): Promise<unknown> => ((await (await fetch(`${base}${path}/info`, { headers: tus, signal })).json()) as { state: string }).state;
    await expect.poll(state).toBe('ready');
    return path.split('/').at(-1)!;
  };
  await call('PATCH', '/me', { display_name, colour, time_zone: 'UTC' });
  return { id: user.id, username, login, call, upload };
}

/** Writes into a room as if it were then; when all is written, `settle` makes it so. */
function pen() {
  const times: TimeOf[] = [];
  const write = async (who: Actor, room: string, ts: number, body: string, more: object = {}): Promise<number> => {
    const { seq } = await who.call<{ seq: number }>('POST', `/rooms/${room}/messages`, { cmid: randomUUID(), ...(body === '' ? {} : { body }), ...more });
    times.push({ room, seq, ts });
    return seq;
  };
  return { write, settle: () => plantTimes(times) };
}

const react = async (room: string, seq: number, emoji: string, ...who: Actor[]): Promise<void> => {
  for (const one of who) await one.call('POST', `/rooms/${room}/messages/${seq}/reactions`, { emoji, on: true });
};
const read = (who: Actor, room: string, seq: number): Promise<unknown> => who.call('POST', `/rooms/${room}/read`, { seq });
const sample = (name: string): Buffer => readFileSync(resolve(import.meta.dirname, '../service/media', name));

const CODE = ['Two more gateways from this afternoon, **just in case**:', '', '```sh', './parley scale gateway=4', '```'].join('\n');
const LIST = ['Before noon, please:', '', '- [x] headline', '- [x] the *three* bullets', '- [ ] https://copy.example/1.0'].join('\n');

type Write = ReturnType<typeof pen>['write'];
type People = Pick<Scene, 'ada' | 'bo' | 'carol'>;

/** The day before a release, as three people write about it. */
async function fillLaunch({ ada, bo, carol }: People, write: Write, view: Buffer): Promise<{ launch: string; root: number }> {
  const { id: launch } = await ada.call<{ id: string }>('POST', '/rooms', {
    kind: 'public', name: 'launch', topic: 'Everything for the 1.0: dates, copy, who is on call', members: [bo.id, carol.id],
  });
  await ada.call('PUT', `/rooms/${launch}/mine`, { favourite: true });
  const poster = await write(carol, launch, at('16:40', 1), 'The cover for the announcement:', { files: [await carol.upload('cover.png', view)] });
  await react(launch, poster, '😍', ada, bo);
  await write(bo, launch, at('16:52', 1), '', { files: [await bo.upload('Release notes.pdf', sample('page.pdf'))] });
  await write(ada, launch, at('09:02'), 'Morning! One day to go.');
  const down = await write(carol, launch, at('09:04'), 'The list is down to three. おはよう ☕');
  await react(launch, down, '🎉', ada, bo);
  const ship = await write(bo, launch, at('09:05'), 'Then we freeze today, and ship on Friday.');
  await write(carol, launch, at('09:11'), 'Friday it is.', { quote: ship });
  await react(launch, ship, '🚀', ada, carol);
  await write(bo, launch, at('09:26'), CODE);
  const root = await write(carol, launch, at('11:40'), LIST);
  await write(bo, launch, at('11:46'), 'Headline is in.', { thread: root });
  await write(ada, launch, at('11:49'), 'Bullets too: “calm, fast, yours”.', { thread: root });
  await write(carol, launch, at('11:55'), 'Lovely. The link goes live at twelve.', { thread: root });
  await write(carol, launch, at('11:58'), `@${ada.username} could you read it once more?`);
  const last = await write(ada, launch, at('12:01'), 'On it. Back in ten minutes.');
  for (const one of [ada, bo, carol]) await read(one, launch, last);
  return { launch, root };
}

async function fillOthers({ ada, bo, carol }: People, write: Write): Promise<string> {
  const { id: design } = await bo.call<{ id: string }>('POST', '/rooms', { kind: 'public', name: 'design', members: [ada.id, carol.id] });
  const before = await write(ada, design, at('10:12'), 'Which mark do we print?');
  await read(ada, design, before);
  const marks = await write(carol, design, at('10:20'), '', { poll: { question: 'Which mark for the stickers?', options: ['The filled one', 'The drawn one', 'Both, on two sheets'] } });
  await bo.call('PUT', `/rooms/${design}/messages/${marks}/vote`, { options: [0] });
  await carol.call('PUT', `/rooms/${design}/messages/${marks}/vote`, { options: [2] });
  await write(bo, design, at('10:31'), 'They look right at 16 px, too.');
  const voice = await bo.upload('Voice message 2026-03-12 10.33.00.ogg', sample('speech.ogg'));
  await write(bo, design, at('10:33'), '', { files: [voice] });
  const { id: call } = await ada.call<{ id: string }>('POST', '/rooms', { kind: 'private', name: 'on call', members: [bo.id] });
  await write(bo, call, at('11:15'), 'All green since the change of shift.');
  const { id: dm } = await carol.call<{ id: string }>('POST', '/dms', { user: ada.id });
  await write(carol, dm, at('11:59'), 'Lunch at one?');
  const { id: with_bo } = await bo.call<{ id: string }>('POST', '/dms', { user: ada.id });
  const thanks = await write(ada, with_bo, at('17:30', 1), 'Thank you for the notes, they are good.');
  await react(with_bo, thanks, '🙏', bo);
  return design;
}

async function fillMajlis({ ada, bo, carol }: People, write: Write): Promise<string> {
  const { id: majlis } = await ada.call<{ id: string }>('POST', '/rooms', { kind: 'private', name: 'الإطلاق', topic: 'كل ما يخص الإصدار الأول', members: [bo.id, carol.id] });
  await write(ada, majlis, at('09:30'), 'صباح الخير! بقي يوم واحد.');
  const ship = await write(carol, majlis, at('09:34'), 'القائمة أصبحت ثلاثة بنود فقط ☕');
  await react(majlis, ship, '🎉', ada, bo);
  const freeze = await write(bo, majlis, at('09:41'), 'إذن نتوقف اليوم عن التغيير، وننشر يوم الجمعة. الأمر هو `./parley scale gateway=4`.');
  await write(carol, majlis, at('09:45'), 'ليكن يوم الجمعة.', { quote: freeze });
  const last = await write(ada, majlis, at('09:52'), 'ممتاز، شكرًا لكما!');
  for (const one of [ada, bo, carol]) await read(one, majlis, last);
  return majlis;
}

/** Three people, their rooms and what they wrote: the same each time, but for the ids. `view` is a picture for one of them to
 *  send. Whoever had their names before gives them up. */
export async function makeScene(base: string, view: Buffer): Promise<Scene> {
  setAside(['ada', 'bo', 'carol', 'dana'], ['launch', 'design', 'garden']);
  const ada = await actor(base, 'ada', 'Ada', 6);
  const bo = await actor(base, 'bo', 'Bo Lindqvist', 0);
  const carol = await actor(base, 'carol', 'キャロル', 4);
  const dana = await actor(base, 'dana', 'Dana', 8);
  const people = { ada, bo, carol };
  await bo.call('PUT', '/me/status', { emoji: '🎯', text: 'Head down until three' });
  const { write, settle } = pen();
  const { launch, root } = await fillLaunch(people, write, view);
  const design = await fillOthers(people, write);
  const majlis = await fillMajlis(people, write);
  const { id: garden } = await bo.call<{ id: string }>('POST', '/rooms', { kind: 'public', name: 'garden', members: [carol.id, dana.id] });
  await write(bo, garden, at('08:15'), 'The tomatoes are in. Who waters them on Saturday?');
  await settle();
  return { ...people, dana, launch, root, design, majlis, garden };
}

/** Makes somebody an admin. */
export async function promote(base: string, who: Actor): Promise<void> {
  const { access_token: token } = await keeper(base);
  await request(base, 'PATCH', `/admin/users/${who.id}`, { token, body: { admin: true } });
}
