import { Store } from '@/lib/store';
import type { ServerAck } from '@/protocol/ops.gen';
import type { Clock } from './clock';

/** How long a message of mine took until it was committed and I knew, in milliseconds, and where. They add up. */
export interface AckTimes {
  total: number;
  /** From here to the gateway and back. */
  network: number;
  /** Through the gateway and the bus, both ways. */
  gateway: number;
  /** In msg-svc before its transaction began. */
  queue: number;
  commit: number;
  /** When the ack came: milliseconds since 1970. */
  at: number;
}

/** Sends that have no answer yet, and are measured. */
const MEASURED_MAX = 64;

/** How fast the line and the server are, by what goes over it anyway. */
export class Latency {
  /** Of the last ping, in milliseconds; undefined before the first. */
  readonly round_trip = new Store<number | undefined>(undefined);
  readonly last_ack = new Store<AckTimes | undefined>(undefined);
  readonly #clock: Clock;
  readonly #sent = new Map<string, number>();
  #pinged: { n: number; at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When the last copy of a message was sent on this connection; undefined: none was. */
  sentAt(cmid: string): number | undefined {
    return this.#sent.get(cmid);
  }

  pinged(n: number): void {
    this.#pinged = { n, at: this.#clock.now() };
  }

  ponged(n: number): void {
    if (this.#pinged?.n !== n) return;
    this.round_trip.set(this.#clock.now() - this.#pinged.at);
    this.#pinged = undefined;
  }

  sent(cmid: string): void {
    const [oldest] = this.#sent.keys();
    if (this.#sent.size >= MEASURED_MAX && oldest !== undefined) this.#sent.delete(oldest);
    this.#sent.set(cmid, this.#clock.now());
  }

  acked(ack: ServerAck): void {
    const sent = this.#sent.get(ack.cmid);
    this.#sent.delete(ack.cmid);
    // A copy was answered with the times of another one.
    if (sent === undefined || ack.gateway_us === undefined || ack.dup === true) return;
    const at = this.#clock.now();
    const inside = ack.gateway_us / 1000;
    const queue = (ack.queue_us ?? 0) / 1000;
    const commit = (ack.commit_us ?? 0) / 1000;
    const total = Math.max(at - sent, inside);
    this.last_ack.set({
      total,
      network: total - inside,
      gateway: Math.max(0, inside - queue - commit),
      queue,
      commit,
      at,
    });
  }

  /** The connection is over: what was sent on it may not have arrived. */
  down(): void {
    this.#sent.clear();
    this.#pinged = undefined;
  }
}
