import type { Address } from './proxy.ts';

// Below the range that outgoing connections take their ports from.
export const PORT = { page: 18080, gateway: 18081, admin: 19100, balancer_admin: 18404, redis: 16379, postgres: 15432 };

/** Loopback addresses of one run: each process and each link has its own, so that no two are confused. */
export class Addresses {
  readonly #net: string;
  #next = 2;

  /** In a network namespace of the run's own any will do; elsewhere each run takes others. */
  constructor(own_network: boolean) {
    this.#net = own_network ? '127.0.1' : `127.${64 + (process.pid % 128)}.${1 + ((process.pid >> 7) % 254)}`;
  }

  take(port: number): Address {
    return { host: `${this.#net}.${this.#next++}`, port };
  }
}

export const text = ({ host, port }: Address): string => `${host}:${port}`;
