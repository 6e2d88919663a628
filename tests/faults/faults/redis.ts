import type { System } from '../system.ts';
import { type Fault, nothing, repeat } from './fault.ts';

const REDIS = ['redis'] as const;
const SHARDS = 16;
const PUBSUB_CUT_EVERY_MS = 700;
// Every group there is: docs/bus.md.
const GROUPS = [
  ...Array.from({ length: SHARDS }, (_, shard): [string, string] => [`ingest:{${shard}}`, 'msg']),
  ...['auth', 'msg', 'presence'].map((service): [string, string] => [`rpc:{${service}}`, 'svc']),
];

async function destroyGroups(system: System): Promise<void> {
  for (const [stream, group] of GROUPS) {
    // A stream that was never written to is not there, and then neither is its group.
    await system.askRedis('XGROUP', 'DESTROY', stream, group).catch(() => {});
  }
}

export const redis_faults: readonly Fault[] = [
  {
    name: 'redis-kill',
    doc: 'Redis is killed and comes back empty.',
    touches: REDIS,
    short_ms: 2_000,
    long_ms: 20_000,
    inject: async ({ system }) => {
      const redis = system.program('redis');
      redis.hold();
      await redis.kill('SIGKILL');
      return async () => redis.release();
    },
  },
  {
    name: 'redis-flushall',
    doc: 'Redis forgets everything while it runs.',
    touches: REDIS,
    short_ms: 1_000,
    long_ms: 5_000,
    inject: async ({ system }) => {
      await system.askRedis('FLUSHALL');
      return nothing;
    },
  },
  {
    name: 'redis-stop',
    doc: 'Redis stands still (SIGSTOP). Meanwhile pings of clients are answered all the same.',
    touches: REDIS,
    short_ms: 4_000,
    long_ms: 20_000,
    inject: async ({ system }) => {
      const redis = system.program('redis');
      redis.signal('SIGSTOP');
      return async () => redis.signal('SIGCONT');
    },
  },
  {
    name: 'redis-pubsub-cut',
    doc: 'Redis cuts every subscriber again and again, as it does to one that reads too slowly.',
    touches: REDIS,
    short_ms: 2_000,
    long_ms: 15_000,
    inject: async ({ system }) =>
      repeat(PUBSUB_CUT_EVERY_MS, () => system.askRedis('CLIENT', 'KILL', 'TYPE', 'pubsub')),
  },
  {
    name: 'redis-oom',
    doc: 'Redis has no memory for anything new.',
    touches: REDIS,
    short_ms: 2_000,
    long_ms: 15_000,
    inject: async ({ system }) => {
      await system.askRedis('CONFIG', 'SET', 'maxmemory', 1);
      return async () => {
        await system.askRedis('CONFIG', 'SET', 'maxmemory', 0);
      };
    },
  },
  {
    name: 'redis-group-destroyed',
    doc: 'The consumer groups of all streams are destroyed.',
    touches: REDIS,
    short_ms: 1_000,
    long_ms: 5_000,
    inject: async ({ system }) => {
      await destroyGroups(system);
      return nothing;
    },
  },
];
