import type { LineOf } from '../history.ts';
import type { Session } from '../postgres.ts';
import { SERVICES } from '../system.ts';
import { now, sleep } from '../time.ts';
import { type Fault, nothing, type Scene } from './fault.ts';

const ALONE = ['everything'] as const;
/** Longer than what is on its way between Redis and a client takes to arrive. */
const DRAINED_MS = 500;
const LOCK_TRIES = 10;

/** All the services, one after the other, then what they stand on: an upgrade of the machine. */
async function restartAll({ system }: Scene): Promise<void> {
  for (const name of SERVICES) {
    await system.program(name).kill('SIGTERM');
    await system.program(name).untilReady();
  }
  for (const name of ['haproxy', 'redis', 'postgres']) {
    await system.program(name).kill('SIGINT');
    await system.program(name).untilReady();
  }
}

const TURNS = `SELECT json_build_array(room_id::text, seq, coalesce(data->>'user', sender::text), type IN ('joined', 'added'))
  FROM chat.events WHERE type IN ('joined', 'added', 'left', 'removed') ORDER BY room_id, seq;`;

/** Who came and went after the backup: true until the restore, and then never. */
function undone(turns: string, heads: Record<string, number>, since: number): LineOf<'member'>[] {
  const lines = turns.split('\n').filter((line) => line !== '');
  const all = lines.map((line) => JSON.parse(line) as [string, number, string, boolean]);
  const lost = all.filter(([room, seq]) => seq > (heads[room] ?? 0));
  return lost.map(([room, seq, user, comes]) => ({ e: 'member', at: now(), since, user, room, seq, in: comes }));
}

/** A session that has every table of the schema chat for itself. Of two that wait for each other PostgreSQL ends one, and it may
 *  be this one: then again. */
async function alone({ system }: Scene): Promise<Session> {
  const names =
    "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables WHERE schemaname = 'chat'";
  const tables = (await system.postgres.sql(names)).trim();
  for (let tries = 1; ; tries++) {
    const session = system.postgres.session();
    try {
      await session.do(`BEGIN; LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE;`);
      return session;
    } catch (error) {
      session.end();
      if (tries === LOCK_TRIES || !String(error).includes('deadlock')) throw error;
    }
  }
}

/** Puts the schema chat back to what the dump holds, as an operator would: nobody at it meanwhile, a new epoch. */
async function restore(scene: Scene, dump: string, dumped_at: number): Promise<void> {
  const { system, record } = scene;
  const session = await alone(scene);
  try {
    const held = await session.do('SELECT cmid FROM chat.sent;');
    const turns = await session.do(TURNS);
    // What was told of the log that is about to go is with its readers before it goes.
    await sleep(DRAINED_MS);
    await session.do(`SET LOCAL client_min_messages = warning; DROP SCHEMA chat CASCADE;\n${dump}`);
    await session.do('UPDATE chat.epoch SET epoch = gen_random_uuid();');
    const kept = new Set((await session.do('SELECT cmid FROM chat.sent;')).split('\n'));
    const heads = await session.do('SELECT json_object_agg(id, last_seq) FROM chat.rooms;');
    await session.do('COMMIT;');
    const lost = held.split('\n').filter((cmid) => cmid !== '' && !kept.has(cmid));
    for (const turn of undone(turns, JSON.parse(heads), dumped_at)) record.put(turn);
    record.put({ e: 'epoch', at: now(), lost, heads: JSON.parse(heads) });
  } finally {
    session.end();
  }
  await system.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'parley_msg'");
}

export const everything_faults: readonly Fault[] = [
  {
    name: 'rolling-restart',
    doc: 'Every process is told to end and started again, one after the other.',
    touches: ALONE,
    short_ms: 0,
    long_ms: 0,
    inject: async (scene) => {
      await restartAll(scene);
      return nothing;
    },
  },
  {
    name: 'restore-older-backup',
    doc: 'The rooms are put back to a backup, with a new epoch. What was stored after the backup is gone, and only that.',
    touches: ALONE,
    short_ms: 2_000,
    long_ms: 20_000,
    inject: async (scene) => {
      const dumped_at = now();
      const dump = await scene.system.postgres.dump('chat');
      return () => restore(scene, dump, dumped_at);
    },
  },
];
