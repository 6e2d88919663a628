import { GATEWAYS } from '../system.ts';
import { killAt } from './failpoint.ts';
import { type Fault, nothing } from './fault.ts';

export const gateway_faults: readonly Fault[] = [
  {
    name: 'gateway-kill',
    doc: 'A gateway is killed; it is started again.',
    touches: GATEWAYS,
    short_ms: 1_000,
    long_ms: 10_000,
    inject: async ({ note, random, system }) => {
      const victim = random.pick(GATEWAYS);
      note(victim);
      await system.program(victim).kill('SIGKILL');
      return nothing;
    },
  },
  {
    name: 'gateway-drain',
    doc: 'A gateway is told to end, as for an upgrade, and is started again.',
    touches: GATEWAYS,
    short_ms: 1_000,
    long_ms: 10_000,
    inject: async ({ note, random, system }) => {
      const victim = random.pick(GATEWAYS);
      note(victim);
      await system.program(victim).kill('SIGTERM');
      return nothing;
    },
  },
  {
    name: 'gateway-stop',
    doc: 'A gateway stands still (SIGSTOP) and goes on later.',
    touches: GATEWAYS,
    short_ms: 3_000,
    long_ms: 60_000,
    inject: async ({ note, random, system }) => {
      const victim = system.program(random.pick(GATEWAYS));
      note(victim.name);
      victim.signal('SIGSTOP');
      return async () => victim.signal('SIGCONT');
    },
  },
  killAt({
    name: 'gateway-kill-mid-fanout',
    doc: 'A gateway dies when an event is written to some of the sockets that wait for it.',
    failpoint: 'gateway.mid_fanout',
    programs: GATEWAYS,
  }),
  killAt({
    name: 'gateway-kill-before-ack',
    doc: 'A gateway dies with an ack in hand.',
    failpoint: 'gateway.before_ack',
    programs: GATEWAYS,
  }),
  killAt({
    name: 'gateway-kill-after-xadd',
    doc: 'A gateway dies right after it put a message into the stream.',
    failpoint: 'gateway.after_xadd',
    programs: GATEWAYS,
  }),
];
