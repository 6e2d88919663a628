import { type Fault, nothing, repeat } from './fault.ts';

const CLIENTS = 'clients';
const FLAP_EVERY_MS = 700;
const FLAPPING = 0.5;
const HALF_OPEN = 0.34;
const SLOW = 0.15;
const SLOW_BYTES_PER_S = 400;

export const client_faults: readonly Fault[] = [
  {
    name: 'half-open-clients',
    doc: 'A third of the clients hear nothing and are not heard, and nobody tells either side.',
    touches: [CLIENTS],
    short_ms: 4_000,
    long_ms: 40_000,
    inject: async ({ system }) => {
      await system.links.set(CLIENTS, { up: { stall: true }, down: { stall: true }, share: HALF_OPEN });
      return () => system.links.pass(CLIENTS);
    },
  },
  {
    name: 'flapping-clients',
    doc: 'Half of the client connections are cut, again and again.',
    touches: [CLIENTS],
    short_ms: 3_000,
    long_ms: 15_000,
    inject: ({ system }) => repeat(FLAP_EVERY_MS, () => system.links.cut(CLIENTS, FLAPPING)),
  },
  {
    name: 'client-storm',
    doc: 'All clients lose their connections at once and come back at once.',
    touches: [CLIENTS],
    short_ms: 1_000,
    long_ms: 3_000,
    inject: async ({ system }) => {
      await system.links.cut(CLIENTS);
      return nothing;
    },
  },
  {
    name: 'slow-reader',
    doc: 'Some clients read only a few hundred bytes a second of what all others read at once.',
    touches: [CLIENTS],
    short_ms: 3_000,
    long_ms: 30_000,
    inject: async ({ system }) => {
      await system.links.set(CLIENTS, { down: { bytes_per_s: SLOW_BYTES_PER_S }, share: SLOW });
      return () => system.links.pass(CLIENTS);
    },
  },
];
