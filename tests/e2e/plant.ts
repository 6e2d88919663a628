import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from '@playwright/test';

/** A message of a room's log as it is put there. */
export interface Planted {
  sender: string;
  body: string;
  /** Milliseconds since 1970. */
  ts: number;
  data?: object;
}

const root = resolve(import.meta.dirname, '../..');
const state = process.env.PARLEY_STATE_DIR ?? join(root, '.parley');

/** A value of a file of "name value" lines that ./parley keeps. */
function kept(file: string, name: string): string {
  const line = readFileSync(join(state, file), 'utf8').split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${file} of ${state} does not know "${name}"`);
  return line.slice(name.length + 1);
}

/** The newest one that is installed, as Debian lays them out. */
function psqlPath(): string {
  const all = '/usr/lib/postgresql';
  const versions = existsSync(all) ? readdirSync(all).filter((name) => existsSync(join(all, name, 'bin/psql'))) : [];
  const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  return newest === undefined ? 'psql' : join(all, newest, 'bin/psql');
}

function sql(text: string): string {
  const to = ['-h', '127.0.0.1', '-p', kept('ports', 'postgres'), '-U', 'parley', '-d', 'parley'];
  return execFileSync(psqlPath(), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...to], {
    input: text,
    encoding: 'utf8',
    env: { ...process.env, PGPASSWORD: kept('secrets.env', 'postgres') },
    maxBuffer: 1 << 26,
  });
}

/**
 * Puts messages behind the last one of a room, thousands in a second and of any time: what the API says of when it was, it
 * says of now. Before anybody looks at the room. Members have read it all, but for those whose `unread` is given.
 */
export function plant(room: string, messages: readonly Planted[], unread: Readonly<Record<string, number>> = {}): { first: number; last: number } {
  const rows = JSON.stringify(messages).replaceAll("'", "''");
  const answer = sql(`BEGIN;
CREATE TEMP TABLE before AS SELECT last_seq AS seq, last_n AS n FROM chat.rooms WHERE id = ${room} FOR UPDATE;
INSERT INTO chat.events (room_id, seq, n, type, sender, ts, body, data)
  SELECT ${room}, b.seq + r.nth, b.n + r.nth, 'message', (r.row ->> 'sender')::bigint,
    to_timestamp((r.row ->> 'ts')::double precision / 1000), r.row ->> 'body', r.row -> 'data'
  FROM before b, jsonb_array_elements('${rows}'::jsonb) WITH ORDINALITY AS r (row, nth);
UPDATE chat.rooms r SET last_seq = b.seq + ${messages.length}, last_n = b.n + ${messages.length}, last_message = b.seq + ${messages.length}
  FROM before b WHERE r.id = ${room};
UPDATE chat.members m SET read_seq = r.last_seq - u.left_over, read_n = r.last_n - u.left_over, delivered_seq = r.last_seq
  FROM chat.rooms r, (SELECT user_id, coalesce(('${JSON.stringify(unread)}'::jsonb ->> user_id::text)::int, 0) AS left_over
    FROM chat.members WHERE room_id = ${room}) u
  WHERE r.id = ${room} AND m.room_id = r.id AND m.user_id = u.user_id;
SELECT seq + 1 FROM before;
COMMIT;`);
  const first = Number(answer.trim());
  return { first, last: first + messages.length - 1 };
}

/** Private rooms of these names, in which one person is alone; their ids. Before the page of that person is open. */
export function plantRooms(owner: string, names: readonly string[]): string[] {
  const list = JSON.stringify(names).replaceAll("'", "''");
  const answer = sql(`WITH made AS (
  INSERT INTO chat.rooms (kind, name, created_by, member_count, last_seq, mver)
    SELECT 'private', name, ${owner}, 1, 1, 1 FROM jsonb_array_elements_text('${list}'::jsonb) WITH ORDINALITY AS n (name, nth) ORDER BY nth RETURNING id),
  inside AS (INSERT INTO chat.members (room_id, user_id, role) SELECT id, ${owner}, 'owner' FROM made),
  said AS (INSERT INTO chat.events (room_id, seq, n, type, sender, ts) SELECT id, 1, 0, 'created', ${owner}, now() FROM made)
SELECT id FROM made ORDER BY id`);
  return answer.trim().split('\n');
}

/** What is shown of a link, as if its page had been looked at. */
export function plantPreview(room: string, seq: number, preview: object): void {
  sql(`INSERT INTO chat.changes (room_id, seq, changed, preview)
    VALUES (${room}, ${seq}, ${seq}, '${JSON.stringify(preview).replaceAll("'", "''")}'::jsonb)`);
}

/** When a message is to have been written. */
export interface TimeOf {
  room: string;
  seq: number;
  /** Milliseconds since 1970. */
  ts: number;
}

/** Messages that were written by the API are of these times, and so is what was done to them; all else in their rooms is of the
 *  time of the message before it. Before anybody looks at the rooms. */
export async function plantTimes(times: readonly TimeOf[]): Promise<void> {
  const rooms = [...new Set(times.map(({ room }) => room))].join(', ');
  const indexed = (): string =>
    sql(`SELECT count(*) FROM chat.rooms r LEFT JOIN chat.search_rooms s ON s.room_id = r.id WHERE r.id IN (${rooms}) AND coalesce(s.seq, 0) < r.last_seq`).trim();
  // Search writes the times down, too, a moment later.
  await expect.poll(indexed).toBe('0');
  sql(`BEGIN;
CREATE TEMP TABLE given AS SELECT room, seq, to_timestamp(ts / 1000.0) AS ts
  FROM jsonb_to_recordset('${JSON.stringify(times)}'::jsonb) AS x (room bigint, seq bigint, ts bigint);
CREATE TEMP TABLE times AS SELECT e.room_id, e.seq,
    coalesce((SELECT g.ts FROM given g WHERE g.room = e.room_id AND g.seq <= e.seq ORDER BY g.seq DESC LIMIT 1),
      (SELECT min(g.ts) FROM given g WHERE g.room = e.room_id)) AS ts
  FROM chat.events e WHERE e.room_id IN (${rooms});
UPDATE chat.events e SET ts = t.ts FROM times t WHERE t.room_id = e.room_id AND t.seq = e.seq;
UPDATE chat.search s SET ts = t.ts FROM times t WHERE t.room_id = s.room_id AND t.seq = s.seq;
UPDATE chat.mentions m SET ts = t.ts FROM times t WHERE t.room_id = m.room_id AND t.seq = m.seq;
UPDATE chat.reactions r SET ts = t.ts FROM times t WHERE t.room_id = r.room_id AND t.seq = r.since;
UPDATE chat.changes c SET last_reply = (SELECT max(e.ts) FROM chat.events e WHERE e.room_id = c.room_id AND e.type = 'reply' AND e.about = c.seq)
  WHERE c.room_id IN (${rooms}) AND c.last_reply IS NOT NULL;
COMMIT;`);
}

/** Whoever is called like this, and public rooms of these names, are called otherwise from now on. */
export function setAside(usernames: readonly string[], rooms: readonly string[]): void {
  const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
  sql(`UPDATE auth.users SET username = 'past' || id, username_key = 'past' || id, skeleton = 'past' || id, display_name = 'past' || id
    WHERE username_key IN (${list(usernames)});
UPDATE chat.rooms SET name = 'past' || id, name_key = 'past' || id WHERE kind = 'public' AND name_key IN (${list(rooms)});`);
}
