import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Flow, Pipe } from './pipe.ts';

export interface Address {
  host: string;
  port: number;
}

/** How a link is broken. `up` is from who connects to who listens. */
export interface Mode {
  up?: Flow;
  down?: Flow;
  /** New connections are reset at once. */
  refuse?: boolean;
  /** Part of the connections, 0 to 1, that `up` and `down` hold for. Not all: new ones are spared, as a lost phone's are. */
  share?: number;
}

export interface LinkStats {
  open: number;
  /** Connections tried since the stats were asked for last, and the most of them a second, over some seconds. */
  attempts: number;
  most_per_s: number;
}

interface Pair {
  id: number;
  client: Socket;
  server: Socket;
  up: Pipe;
  down: Pipe;
}

/** Some connections that come back at once, each with pauses of its own, are no hurry; no pause at all shows in seconds. */
const RATE_OVER_MS = 3_000;

/** A link between two processes, led through this one. */
export class Link {
  readonly #listener: Server;
  readonly #target: Address;
  readonly #pairs = new Set<Pair>();
  #mode: Mode = {};
  #next = 0;
  #attempts: number[] = [];
  #most = 0;
  #count = 0;

  constructor(target: Address) {
    this.#target = target;
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accepted(client));
  }

  listen(at: Address): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen({ ...at, backlog: 1024 }, () => resolve());
    });
  }

  set(mode: Mode): void {
    this.#mode = mode;
    for (const pair of this.#pairs) this.#apply(pair, mode.share ?? 1);
  }

  /** Resets a share of the connections there are. */
  cut(share: number): void {
    for (const pair of [...this.#pairs]) if (chosen(pair.id, share)) this.#break(pair);
  }

  stats(): LinkStats {
    const stats = { open: this.#pairs.size, attempts: this.#count, most_per_s: this.#most };
    this.#count = 0;
    this.#most = 0;
    this.#attempts = [];
    return stats;
  }

  #accepted(client: Socket): void {
    this.#attempted();
    if (this.#mode.refuse === true) {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const pair: Pair = {
      id: this.#next++,
      client,
      server,
      up: new Pipe(client, server),
      down: new Pipe(server, client),
    };
    this.#pairs.add(pair);
    // A Pipe carries the end over; an error needs to be heard only so that it does not end this process.
    client.on('error', () => {});
    server.on('error', () => {});
    const closed = (): void => {
      if (client.destroyed && server.destroyed) this.#forget(pair);
    };
    client.on('close', closed);
    server.on('close', closed);
    this.#apply(pair, this.#mode.share === undefined ? 1 : 0);
  }

  #apply(pair: Pair, share: number): void {
    const { up = {}, down = {} } = chosen(pair.id, share) ? this.#mode : {};
    pair.up.set(up);
    pair.down.set(down);
  }

  #break(pair: Pair): void {
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
    this.#forget(pair);
  }

  #forget(pair: Pair): void {
    pair.up.stop();
    pair.down.stop();
    this.#pairs.delete(pair);
  }

  #attempted(): void {
    const at = Date.now();
    this.#count++;
    this.#attempts = this.#attempts.filter((one) => at - one < RATE_OVER_MS);
    this.#attempts.push(at);
    this.#most = Math.max(this.#most, Math.ceil((this.#attempts.length * 1000) / RATE_OVER_MS));
  }
}

/** Spreads the connections evenly, whatever the share: neighbours get different luck. */
function chosen(id: number, share: number): boolean {
  return (id * 0.618034) % 1 < share;
}
