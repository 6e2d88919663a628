import type { Mode } from '../proxy.ts';
import { GATEWAYS, MSG_SVCS, type ServiceName } from '../system.ts';
import type { Fault } from './fault.ts';

const WAYS: Record<string, { mode: Mode; doc: string }> = {
  '': { mode: { up: { stall: true }, down: { stall: true } }, doc: 'Nothing passes between' },
  '-up': { mode: { up: { stall: true } }, doc: 'Nothing passes on the way there, everything on the way back, between' },
  '-down': {
    mode: { down: { stall: true } },
    doc: 'Nothing passes on the way back, everything on the way there, between',
  },
};
const LATENCY_MS = 40;

/** No connection is closed by it: whoever waits has only its own deadlines. */
function partition(of: readonly ServiceName[], to: 'redis' | 'postgres', label: string): Fault[] {
  return Object.entries(WAYS).map(([suffix, { mode, doc }]) => ({
    name: `partition-${label}${suffix}`,
    doc: `${doc} one of ${of.join(', ')} and ${to}.`,
    touches: [...of, to],
    short_ms: suffix === '' ? 3_000 : 2_000,
    long_ms: 25_000,
    inject: async ({ note, random, system }) => {
      const link = `${random.pick(of)}>${to}`;
      note(link);
      await system.links.set(link, mode);
      return () => system.links.pass(link);
    },
  }));
}

export const network_faults: readonly Fault[] = [
  ...partition(GATEWAYS, 'redis', 'gateway-redis'),
  ...partition(MSG_SVCS, 'redis', 'msg-redis'),
  ...partition(MSG_SVCS, 'postgres', 'msg-pg'),
  {
    name: 'latency',
    doc: `Every link takes ${LATENCY_MS} ms longer each way.`,
    touches: ['links'],
    short_ms: 3_000,
    long_ms: 20_000,
    inject: async ({ system }) => {
      const slow = { delay_ms: LATENCY_MS };
      const all = system.links.named(/./);
      await Promise.all(all.map((link) => system.links.set(link, { up: slow, down: slow })));
      return async () => {
        await Promise.all(all.map((link) => system.links.pass(link)));
      };
    },
  },
];
