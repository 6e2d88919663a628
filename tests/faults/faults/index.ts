import { client_faults } from './clients.ts';
import { everything_faults } from './everything.ts';
import type { Fault } from './fault.ts';
import { gateway_faults } from './gateway.ts';
import { network_faults } from './network.ts';
import { postgres_faults } from './postgres.ts';
import { redis_faults } from './redis.ts';
import { resource_faults } from './resources.ts';
import { service_faults } from './services.ts';

/** Every fault there is, in the order of a run. */
export const faults: readonly Fault[] = [
  ...gateway_faults,
  ...service_faults,
  ...redis_faults,
  ...postgres_faults,
  ...network_faults,
  ...client_faults,
  ...resource_faults,
  ...everything_faults,
];
