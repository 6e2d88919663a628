import { WebSocket } from 'ws';
import type { WebSocketLike } from '@/client/socket';
import type { ClientFrame, ServerFrame } from '@/protocol/ops.gen';
import { now } from './time.ts';

/** What is told of a connection. */
export interface LineEars {
  received: (frame: ServerFrame) => void;
  /** What the engine sends, as text. */
  sent: (text: string) => void;
  /** One of our own pings was answered after so long. */
  ponged: (ms: number) => void;
}

/** Numbers of our own pings; the engine counts its from 1. */
const FIRST_PING = 2 ** 40;

/** One connection of the engine, listened to. Pings of its own measure it, and the engine must not notice: their answers are
 *  kept from it, and what a pong says besides is said with the engine's next one. */
export class Line implements WebSocketLike {
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: WebSocketLike['onclose'] = null;
  onerror: WebSocketLike['onerror'] = null;
  welcomed = false;

  static #pings = FIRST_PING;
  readonly #ws: WebSocket;
  readonly #ears: LineEars;
  readonly #asked = new Map<number, number>();
  #heads: Record<string, number> = {};
  #useq = 0;
  #slow = false;

  constructor(url: string, protocols: string[], origin: string, ears: LineEars) {
    this.#ears = ears;
    this.#ws = new WebSocket(url, protocols, { origin, perMessageDeflate: false });
    this.#ws.onopen = () => this.onopen?.({} as never);
    this.#ws.onmessage = ({ data }) => this.#message(data);
    this.#ws.onclose = ({ code }) => {
      this.welcomed = false;
      this.onclose?.({ code });
    };
    this.#ws.onerror = () => this.onerror?.({} as never);
  }

  get open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  send(text: string): void {
    this.#ears.sent(text);
    this.#ws.send(text);
  }

  close(code?: number): void {
    this.welcomed = false;
    this.slow(false);
    this.#ws.close(code);
  }

  /** The connection is gone, and nobody said goodbye. */
  drop(): void {
    this.#ws.terminate();
  }

  /** Stops reading, so that the network fills up behind it; and goes on. */
  slow(on: boolean): void {
    if (on === this.#slow) return;
    this.#slow = on;
    if (on) {
      this.#asked.clear();
      this.#ws.pause();
    } else this.#ws.resume();
  }

  ping(): void {
    if (!this.welcomed || !this.open || this.#slow) return;
    const n = Line.#pings++;
    this.#asked.set(n, now());
    this.#ws.send(JSON.stringify({ t: 'ping', n } satisfies ClientFrame));
  }

  #message(data: unknown): void {
    if (typeof data !== 'string') {
      this.onmessage?.({ data });
      return;
    }
    const kept: string[] = [];
    for (const text of data.split('\n')) {
      const frame = parse(text);
      if (frame === undefined) kept.push(text);
      else if (frame.t === 'pong') kept.push(...this.#pong(frame));
      else {
        if (frame.t === 'welcome') this.welcomed = true;
        this.#ears.received(frame);
        kept.push(text);
      }
    }
    if (kept.length > 0) this.onmessage?.({ data: kept.join('\n') });
  }

  #pong(frame: ServerFrame & { t: 'pong' }): string[] {
    for (const [room, head] of Object.entries(frame.heads ?? {})) {
      this.#heads[room] = Math.max(head, this.#heads[room] ?? 0);
    }
    this.#useq = Math.max(frame.useq ?? 0, this.#useq);
    if (frame.n < FIRST_PING) {
      const heads = this.#heads;
      const useq = this.#useq;
      this.#heads = {};
      this.#useq = 0;
      const told = { ...(Object.keys(heads).length === 0 ? {} : { heads }), ...(useq === 0 ? {} : { useq }) };
      return [JSON.stringify({ t: 'pong', n: frame.n, ...told } satisfies ServerFrame)];
    }
    const asked_at = this.#asked.get(frame.n);
    this.#asked.delete(frame.n);
    if (asked_at !== undefined) this.#ears.ponged(now() - asked_at);
    return [];
  }
}

function parse(text: string): ServerFrame | undefined {
  try {
    return JSON.parse(text) as ServerFrame;
  } catch {
    return undefined;
  }
}
