import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import { decodeFrames, encodeFrame } from '@/protocol/codec';
import {
  CLOSE,
  type ClientFrame,
  PROTOCOL_VERSION,
  type ServerFrame,
  type ServerWelcome,
  SUBPROTOCOL,
} from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';
import { ApiError } from './error';
import { Latency } from './latency';

/** The part of WebSocket that is used: the browser's, and that of the npm package ws. */
export interface WebSocketLike {
  readonly readyState?: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: never) => void) | null;
}

export type SocketState =
  /** Not started, stopped, or ended for good: `auth` needs a new login, `version` a newer client. */
  | { status: 'stopped'; why: 'asked' | 'auth' | 'version' }
  /** Opening, or waiting for welcome. */
  | { status: 'connecting'; attempt: number }
  /** Welcomed: frames may be sent. */
  | { status: 'ready' }
  /** The last try failed; the next is at `until`. */
  | { status: 'waiting'; attempt: number; until: number };

export interface SocketParts {
  url: string;
  device: string;
  clock: Clock;
  open: (url: string, protocols: string[]) => WebSocketLike;
  token: () => Promise<string>;
  /** Somebody waits for an answer: he does not wait for his turn among those who only watch. */
  urgent: () => boolean;
  /** Called when the server refused this token: the next `token()` should bring another. */
  refused: (token: string) => Promise<unknown>;
}

const OPEN = 1;
export const BACKOFF_BASE_MS = 500;
/** Nobody waits longer: all are back within ten seconds of the end of whatever it was, however long it took. */
export const BACKOFF_CAP_MS = 5_000;
/** Lost without a word (RFC 6455 §7.1.5): maybe with all others of that gateway. */
const LOST = 1006;
/** After a 4009 the server wants quiet. */
const QUIET_MS = 5_000;
export const PING_EVERY_MS = 10_000;
export const PONG_WITHIN_MS = 5_000;
export const PING_AT_LEAST_MS = 60_000;
/** A token that has not come by now is asked for anew: whoever should bring it may sleep. */
export const TOKEN_WITHIN_MS = 15_000;
const WELCOME_WITHIN_MS = 10_000;
/** A connection that lived this long starts the backoff anew; one that did not may be a server that falls at once. */
const STEADY_MS = 5_000;
/** Somebody came back and looks: a line that answers no ping within this time is given up. */
const NUDGED_PONG_WITHIN_MS = 3_000;
/** A try that is older than this when somebody comes back began on another network, maybe: another is begun. */
const STALE_TRY_MS = 2_000;

/** May keep a frame for a moment from those who listen. What it keeps it hands on in its turn, and before the line is told to
 *  be down. */
export interface Gate {
  /** True: it is kept. */
  keeps: (frame: ServerFrame) => boolean;
  /** Hands on all that is kept. */
  open: () => void;
}

export interface SocketEvents {
  welcome: ServerWelcome;
  frame: ServerFrame;
  down: { code: number };
}

/** One connection to a gateway, made again for as long as it is wanted. Says hello, watches the line with its own pings
 *  (a browser shows no WebSocket pings, and `navigator.onLine` says nothing about the way), and hands frames on. */
export class Socket {
  readonly state = new Store<SocketState>({ status: 'stopped', why: 'asked' });
  /** `welcome` comes before any frame that follows it; `down` once for every welcome. */
  readonly events = new Emitter<SocketEvents>();

  readonly latency: Latency;
  gate: Gate | undefined;

  readonly #parts: SocketParts;
  #ws: WebSocketLike | undefined;
  #token = '';
  #attempt = 0;
  #welcomed_at = 0;
  /** Over how long those of this gateway come back if it is lost. An older one does not tell. */
  #return_ms = 0;
  /** When the try that is under way began, or its last step. */
  #tried_at = 0;
  /** Nobody connects before. */
  #quiet_until = 0;
  #ping = 0;
  #pinged_at = 0;
  /** Counts connections, so that an answer to an older one is known as such. */
  #generation = 0;
  #retry: Timer | undefined;
  #deadline: Timer | undefined;
  #heartbeat: Timer | undefined;
  /** When the ping that is under way must be answered. */
  #answer_by: number | undefined;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.latency = new Latency(parts.clock);
  }

  start(): void {
    if (this.state.get().status !== 'stopped') return;
    this.#attempt = 0;
    this.#connect();
  }

  stop(): void {
    this.#halt('asked');
  }

  /** True when the frame was given to an open, welcomed connection. That it arrives nobody promises. */
  send(frame: ClientFrame): boolean {
    if (this.state.get().status !== 'ready' || this.#ws === undefined) return false;
    // It may be closing and not have said so yet: what is sent then is lost, and the browser complains.
    if ((this.#ws.readyState ?? OPEN) !== OPEN) return false;
    this.#ws.send(encodeFrame(frame));
    if (frame.t === 'send') this.latency.sent(frame.cmid);
    return true;
  }

  /** The network, the page or the person came back: try now instead of waiting, and do not trust a line that slept. */
  nudge(): void {
    const { clock } = this.#parts;
    const state = this.state.get();
    if (state.status === 'ready') return this.#beat(NUDGED_PONG_WITHIN_MS);
    // A server that asked for quiet gets it.
    if (clock.now() < this.#quiet_until) return;
    const stale = state.status === 'connecting' && clock.now() - this.#tried_at > STALE_TRY_MS;
    if (stale && this.#ws !== undefined) this.#drop(this.#ws);
    if (state.status !== 'waiting' && !stale) return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Somebody writes while it waits. */
  hurry(): void {
    if (this.state.get().status === 'waiting') this.nudge();
  }

  /** Shows a renewed access token of the same login to the gateway before the old one ends. */
  renew(token: string): void {
    if (this.send({ t: 'token', token })) this.#token = token;
  }

  #connect(): void {
    this.#parts.clock.cancel(this.#retry);
    const generation = this.#askToken();
    this.#parts.token().then(
      (token) => {
        if (generation === this.#generation && this.state.get().status === 'connecting') this.#open(token);
      },
      (error: unknown) => {
        if (generation !== this.#generation) return;
        if (error instanceof ApiError && error.status === 401) this.#halt('auth');
        else this.#wait(0);
      },
    );
  }

  /** Connecting, for no longer than a token may take. Returns the generation that waits for it. */
  #askToken(): number {
    const { clock } = this.#parts;
    const generation = ++this.#generation;
    this.#tried_at = clock.now();
    clock.cancel(this.#deadline);
    this.#deadline = clock.after(TOKEN_WITHIN_MS, () => {
      this.#generation++;
      this.#wait(0);
    });
    this.state.set({ status: 'connecting', attempt: this.#attempt });
    return generation;
  }

  #open(token: string): void {
    const { clock, device, open, url } = this.#parts;
    clock.cancel(this.#deadline);
    const ws = open(url, [SUBPROTOCOL]);
    this.#ws = ws;
    this.#token = token;
    this.#tried_at = clock.now();
    this.#deadline = clock.after(WELCOME_WITHIN_MS, () => this.#lost(ws, 0));
    ws.onopen = () => ws.send(encodeFrame({ t: 'hello', v: PROTOCOL_VERSION, token, device }));
    ws.onmessage = (event) => {
      if (ws === this.#ws && typeof event.data === 'string') this.#received(ws, event.data);
    };
    ws.onclose = (event) => this.#lost(ws, event.code);
    ws.onerror = () => {};
  }

  #received(ws: WebSocketLike, text: string): void {
    for (const frame of decodeFrames(text)) {
      if (ws !== this.#ws) return;
      if (frame.t === 'welcome') this.#return_ms = frame.return_ms ?? 0;
      else if (frame.t === 'pong') this.#return_ms = frame.return_ms ?? this.#return_ms;
      if (frame.t === 'pong') this.latency.ponged(frame.n);
      else if (frame.t === 'ack') this.latency.acked(frame);
      if (frame.t === 'welcome') this.#welcomed(frame);
      else if (frame.t === 'goaway') this.#goAway(ws, frame.reconnect_ms);
      else if (frame.t !== 'pong' || frame.heads !== undefined || frame.useq !== undefined) this.#handOn(frame);
    }
    // Whatever arrives shows that the line lives.
    if (this.state.get().status === 'ready') this.#watch(PING_EVERY_MS);
    // Also while much arrives: what a pong tells of the gateway gets old.
    if (this.#parts.clock.now() - this.#pinged_at >= PING_AT_LEAST_MS) this.#beat(PONG_WITHIN_MS);
  }

  #handOn(frame: ServerFrame): void {
    if (this.gate?.keeps(frame) !== true) this.events.emit('frame', frame);
  }

  #welcomed(frame: ServerWelcome): void {
    this.#parts.clock.cancel(this.#deadline);
    this.#deadline = undefined;
    this.#pinged_at = this.#welcomed_at = this.#parts.clock.now();
    this.state.set({ status: 'ready' });
    this.#watch(PING_EVERY_MS);
    this.events.emit('welcome', frame);
  }

  #watch(quiet_ms: number): void {
    const { clock } = this.#parts;
    clock.cancel(this.#deadline);
    clock.cancel(this.#heartbeat);
    this.#answer_by = undefined;
    this.#heartbeat = clock.after(quiet_ms, () => this.#beat(PONG_WITHIN_MS));
  }

  #beat(within_ms: number): void {
    const { clock } = this.#parts;
    const ws = this.#ws;
    const answer_by = clock.now() + within_ms;
    // A ping is under way that is due before: asking again must not give a dead line more time.
    if (ws === undefined || (this.#answer_by !== undefined && this.#answer_by <= answer_by)) return;
    if (!this.send({ t: 'ping', n: ++this.#ping })) return;
    this.#pinged_at = clock.now();
    this.latency.pinged(this.#ping);
    clock.cancel(this.#heartbeat);
    clock.cancel(this.#deadline);
    this.#answer_by = answer_by;
    this.#deadline = clock.after(within_ms, () => this.#lost(ws, 0));
  }

  #goAway(ws: WebSocketLike, reconnect_ms: number): void {
    const { clock } = this.#parts;
    clock.cancel(this.#retry);
    // Also when the gateway closes before: the time spreads its clients.
    this.#quiet_until = clock.now() + reconnect_ms;
    this.#retry = clock.after(reconnect_ms, () => {
      if (ws !== this.#ws) return;
      this.#attempt = 0;
      this.#drop(ws);
      this.#connect();
    });
  }

  /** The connection is over, or taken for dead. A close handshake on a dead line takes minutes: nobody waits for it. */
  #lost(ws: WebSocketLike, code: number): void {
    if (ws !== this.#ws) return;
    const { clock } = this.#parts;
    const was_ready = this.state.get().status === 'ready';
    const steady = was_ready && clock.now() - this.#welcomed_at >= STEADY_MS;
    this.#attempt = steady ? 0 : this.#attempt;
    this.#drop(ws, code);
    if (code === CLOSE.version) return this.#halt('version');
    if (code === CLOSE.auth) return this.#renewThenConnect();
    if (code === CLOSE.rate_limit) this.#quiet_until = clock.now() + QUIET_MS;
    const in_turn = steady && code === LOST && !this.#parts.urgent();
    this.#wait(Math.max(0, this.#quiet_until - clock.now()), in_turn ? this.#return_ms : 0);
  }

  #renewThenConnect(): void {
    const generation = this.#askToken();
    this.#parts.refused(this.#token).then(
      () => {
        if (generation === this.#generation) this.#wait(0);
      },
      (error: unknown) => {
        if (generation !== this.#generation) return;
        if (error instanceof ApiError && error.status === 401) this.#halt('auth');
        else this.#wait(0);
      },
    );
  }

  #wait(least_ms: number, return_ms = 0): void {
    const { clock } = this.#parts;
    const jitter = fullJitter(clock, this.#attempt, BACKOFF_BASE_MS, BACKOFF_CAP_MS);
    const ms = least_ms + (return_ms > BACKOFF_BASE_MS ? fullJitter(clock, 0, return_ms, return_ms) : jitter);
    this.state.set({ status: 'waiting', attempt: this.#attempt, until: clock.now() + ms });
    this.#attempt++;
    clock.cancel(this.#deadline);
    clock.cancel(this.#retry);
    this.#retry = clock.after(ms, () => this.#connect());
  }

  #halt(why: 'asked' | 'auth' | 'version'): void {
    this.#generation++;
    this.#parts.clock.cancel(this.#retry);
    this.#parts.clock.cancel(this.#deadline);
    if (this.#ws !== undefined) this.#drop(this.#ws);
    this.state.set({ status: 'stopped', why });
  }

  #drop(ws: WebSocketLike, code = 0): void {
    const { clock } = this.#parts;
    const was_ready = this.state.get().status === 'ready';
    clock.cancel(this.#deadline);
    clock.cancel(this.#heartbeat);
    this.#answer_by = undefined;
    this.#ws = undefined;
    ws.onopen = ws.onmessage = ws.onclose = null;
    ws.onerror = () => {};
    ws.close();
    if (!was_ready) return;
    this.gate?.open();
    this.latency.down();
    this.state.set({ status: 'connecting', attempt: this.#attempt });
    this.events.emit('down', { code });
  }
}
