import type { System } from '../system.ts';
import { type Fault, repeat } from './fault.ts';

const POSTGRES = ['postgres'] as const;
const TERMINATE_EVERY_MS = 700;
const SLOW_FSYNC_MS = 150;
const LOG_FILE_BYTES = 1 << 20;
const LOG_FILES_MOST = 200;

/** PostgreSQL has log files made in advance: only when they are used up does it feel that the disk is full. */
async function useUpLog({ postgres }: System): Promise<void> {
  for (let files = 0; files < LOG_FILES_MOST; files++) {
    try {
      await postgres.sql(`SELECT pg_logical_emit_message(false, 'fill', repeat('x', ${LOG_FILE_BYTES}))`);
    } catch {
      return;
    }
  }
  throw new Error('the disk is full, and PostgreSQL goes on writing');
}

export const postgres_faults: readonly Fault[] = [
  {
    name: 'pg-kill',
    doc: 'PostgreSQL is killed (kill -9 of the postmaster), stays away and recovers from its log.',
    touches: POSTGRES,
    short_ms: 1_500,
    long_ms: 15_000,
    inject: async ({ system }) => {
      const postgres = system.program('postgres');
      postgres.hold();
      await postgres.kill('SIGKILL');
      return async () => postgres.release();
    },
  },
  {
    name: 'pg-terminate-backends',
    doc: 'Every connection of the services to PostgreSQL is ended, again and again.',
    touches: POSTGRES,
    short_ms: 2_000,
    long_ms: 15_000,
    inject: ({ system }) =>
      repeat(TERMINATE_EVERY_MS, () =>
        system.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'parley\\__%'"),
      ),
  },
  {
    name: 'pg-lock',
    doc: 'Somebody holds a lock on chat.rooms that lets nobody read or write it.',
    touches: POSTGRES,
    short_ms: 3_000,
    long_ms: 20_000,
    inject: async ({ system }) => {
      const session = system.postgres.session();
      await session.do('BEGIN; LOCK TABLE chat.rooms IN ACCESS EXCLUSIVE MODE;');
      return async () => session.end();
    },
  },
  {
    name: 'pg-disk-full',
    doc: 'The disk of PostgreSQL is full.',
    touches: POSTGRES,
    short_ms: 3_000,
    long_ms: 20_000,
    impossible: ({ disk }) => (disk.own ? undefined : 'no file system can be mounted here to fill it'),
    inject: async ({ system }) => {
      // Without room for its log it ends, and cannot start again before there is some.
      system.program('postgres').mayDie(true);
      system.disk.fill();
      await useUpLog(system);
      return async () => {
        system.disk.empty();
        system.program('postgres').mayDie(false);
      };
    },
  },
  {
    name: 'pg-slow-fsync',
    doc: `The disk of PostgreSQL is slow: every flush takes ${SLOW_FSYNC_MS} ms longer.`,
    touches: POSTGRES,
    short_ms: 3_000,
    long_ms: 20_000,
    inject: async ({ system }) => {
      system.slowFsync(SLOW_FSYNC_MS);
      return async () => system.slowFsync(0);
    },
  },
];
