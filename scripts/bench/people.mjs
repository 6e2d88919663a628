// The people of a bench, and how they are asked for over HTTP.
//   node people.mjs URL FILE NAME…   makes them, writes their user names to FILE by NAME, prints their ids
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export const PASSWORD = 'correct horse battery';
export const WAIT_MS = 60_000;

export async function call(url, path, { token, ...options } = {}) {
  const headers = { origin: url, 'content-type': 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(`${url}/api/v1${path}`, { ...options, headers, signal: AbortSignal.timeout(WAIT_MS) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** `how`: register or login. */
export const enter = (url, how, username) =>
  call(url, `/auth/${how}`, { method: 'POST', body: JSON.stringify({ username, password: PASSWORD }) });

export const say = (url, token, room, body) =>
  call(url, `/rooms/${room}/messages`, { token, method: 'POST', body: JSON.stringify({ cmid: crypto.randomUUID(), body }) });

export const peopleOf = (file) => JSON.parse(readFileSync(file, 'utf8'));

async function register(url, file, names) {
  const people = {};
  for (const name of names) {
    people[name] = `${name}${randomBytes(3).toString('hex')}`;
    const { user } = await enter(url, 'register', people[name]);
    process.stdout.write(`${user.id} `);
  }
  process.stdout.write('\n');
  writeFileSync(file, JSON.stringify(people));
}

const [, script, url, file, ...names] = process.argv;
if (import.meta.url === pathToFileURL(script).href) await register(url, file, names);
