// A client of Parley written from docs/protocol.md alone, as anybody could write one: no source of the server or of the web
// client was read for it, and nothing of them is used. When it lacks something, that page lacks it.

import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

// ws comes without types; this is what we use of it.
interface Socket {
  send(text: string): void;
  terminate(): void;
  on(event: 'open' | 'ping', f: () => void): void;
  on(event: 'message', f: (data: Buffer) => void): void;
  on(event: 'close', f: (code: number) => void): void;
  on(event: 'error', f: (error: Error) => void): void;
}
const WebSocket = createRequire(import.meta.url)('ws') as new (url: string, protocol: string, options: object) => Socket;

export interface User {
  id: string;
  username: string;
}
export interface Login {
  access_token: string;
  session: string;
  user: User;
  /** The refresh cookie as it is sent back: name=value. */
  cookie: string;
}
export interface Stored {
  cmid: string;
  room: string;
  seq: number;
  n: number;
  dup?: boolean;
}
export interface Event {
  room: string;
  seq: number;
  n: number;
  type: 'message' | 'created' | 'joined' | 'left' | 'added';
  sender: string;
  cmid?: string;
  body: string;
}
export interface Room {
  id: string;
  head: number;
  n: number;
}
interface Batch {
  room: string;
  from: number;
  to: number;
  head: number;
  events: Event[];
  complete: boolean;
}
export interface Answer {
  status: number;
  headers: Headers;
  /** Undefined when the answer has no body. */
  body: unknown;
}
type Frame = { t: string } & Record<string, unknown>;

const TRY_AGAIN = new Set(['internal', 'request_timeout', 'rate_limited', 'busy', 'unavailable', 'timeout', 'out_of_order']);
const ANSWER_MS = 5000;
const RETRY_MS = 500;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** One REST request; any status is an answer. Rejects when there is none within 15 s. */
export async function request(
  base: string,
  method: string,
  path: string,
  with_: { token?: string; cookie?: string; body?: unknown } = {},
): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (with_.token) headers.Authorization = `Bearer ${with_.token}`;
  if (with_.cookie) headers.Cookie = with_.cookie;
  if (with_.body !== undefined) headers['Content-Type'] = 'application/json';
  const body = with_.body === undefined ? null : JSON.stringify(with_.body);
  const answer = await fetch(`${base}/api/v1${path}`, { method, headers, body, signal: AbortSignal.timeout(15_000) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** A REST request that is to succeed: repeated for 20 s while the answer says that it may succeed later, then an error. */
export async function ask<T>(base: string, method: string, path: string, with_: Parameters<typeof request>[3] = {}): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await request(base, method, path, with_);
    if (answer.status < 300) return answer.body as T;
    const { code } = answer.body as { code: string };
    if (!TRY_AGAIN.has(code) || Date.now() > deadline) throw new Error(`${method} ${path}: ${answer.status} ${code}`);
    await pause(RETRY_MS);
  }
}

/** The login of a 200 or 201 of register, login or refresh. */
export function loginOf(answer: Answer): Login {
  const cookie = answer.headers.getSetCookie().find((c) => /^(__Host-)?parley_refresh=/.test(c));
  if (answer.status >= 300 || !cookie) throw new Error(`no login: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { ...(answer.body as Omit<Login, 'cookie'>), cookie: cookie.split(';')[0]! };
}

export const register = async (base: string, username: string, password: string): Promise<Login> =>
  loginOf(await request(base, 'POST', '/auth/register', { body: { username, password } }));

export const logIn = async (base: string, username: string, password: string): Promise<Login> =>
  loginOf(await request(base, 'POST', '/auth/login', { body: { username, password } }));

/** The whole log of a room by REST, from the first event to the last. */
export async function history(base: string, token: string, room: string): Promise<Event[]> {
  const events: Event[] = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? 0;
    const part = await ask<Batch>(base, 'GET', `/rooms/${room}/messages?after=${after}&limit=200`, { token });
    events.push(...part.events);
    if (part.complete) return events;
  }
}

/** What a client holds of a room: its log from the first event on, without a hole. */
class Log {
  readonly events: Event[] = [];
  /** Events beyond a gap, until it is filled. */
  readonly ahead = new Map<number, Event>();
  /** As far as the log goes, as far as we were told. */
  head = 0;
  fetchAt = 0;
  fetching = false;

  get last(): number {
    return this.events.length;
  }

  take(event: Event): void {
    this.head = Math.max(this.head, event.seq);
    if (event.seq > this.last) this.ahead.set(event.seq, event);
    for (let next = this.ahead.get(this.last + 1); next; next = this.ahead.get(this.last + 1)) {
      this.ahead.delete(next.seq);
      this.events.push(next);
    }
  }
}

interface Outgoing {
  cmid: string;
  room: string;
  body: string;
  /** When it went out on this connection; 0: it did not. */
  sentAt: number;
  notBefore: number;
  resolve: (stored: Stored) => void;
  reject: (error: Error) => void;
}

/** One WebSocket of a client, for who wants to know what came on the wire. */
export class Connection {
  /** The seqs of the `event` frames of each room, as they came. */
  readonly live = new Map<string, number[]>();
  readonly openedAt = Date.now();
  heardAt = Date.now();
  welcome = false;
  resumed = false;
  resumeAt = 0;
  closed = 0;
  constructor(readonly socket: Socket) {}
}

/** One device of one person: keeps itself connected, holds the logs of the rooms it watches, and sends until acked. */
export class Client {
  readonly device = randomUUID();
  readonly connections: Connection[] = [];
  /** What went wrong for good; a test ends with none. */
  readonly complaints: string[] = [];
  /** How many sends were refused for now, and how many were repeated because no answer came. */
  nacks = 0;
  resends = 0;
  #logs = new Map<string, Log>();
  #outbox: Outgoing[] = [];
  #epoch = '';
  #heartbeat = 25_000;
  #maxInFlight = 1;
  #reconnectAt = 0;
  #failures = 0;
  #stopped = false;
  #refreshing = false;
  #timer: NodeJS.Timeout;

  /** `window`: how many sends may be unanswered; with 1, nothing can overtake what was refused for now. */
  constructor(
    readonly base: string,
    public login: Login,
    readonly window: number,
  ) {
    this.#timer = setInterval(() => this.#tick(), 100);
    this.#connect();
  }

  /** No more connections; what was not acked is rejected. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#connection?.socket.terminate();
    for (const out of this.#outbox.splice(0)) out.reject(new Error('stopped'));
  }

  /** The events held of a room that is watched. */
  events(room: string): readonly Event[] {
    return this.#logs.get(room)?.events ?? [];
  }

  /** From now on, hold the log of the room from its first event on. */
  watch(room: string): void {
    if (this.#logs.has(room)) return;
    const log = new Log();
    this.#logs.set(room, log);
    if (this.ready) this.#fetch(room, log);
  }

  /** Connected, and told where the rooms stand. */
  get ready(): boolean {
    return this.#connection?.resumed ?? false;
  }

  /** Resolves when the message is committed, however often it had to be sent; rejects when it was refused for good. */
  send(room: string, body: string): Promise<Stored> {
    return new Promise((resolve, reject) => {
      this.#outbox.push({ cmid: randomUUID(), room, body, sentAt: 0, notBefore: 0, resolve, reject });
      this.#pump();
    });
  }

  get #connection(): Connection | undefined {
    const last = this.connections.at(-1);
    return last && !last.closed ? last : undefined;
  }

  #connect(): void {
    const socket = new WebSocket(`${this.base.replace(/^http/, 'ws')}/ws`, 'parley.v1', { handshakeTimeout: ANSWER_MS });
    const connection = new Connection(socket);
    this.connections.push(connection);
    socket.on('open', () => this.#write({ t: 'hello', v: 1, token: this.login.access_token, device: this.device }));
    socket.on('ping', () => (connection.heardAt = Date.now()));
    socket.on('error', () => undefined); // close follows
    socket.on('close', (code) => this.#closed(connection, code));
    socket.on('message', (data) => {
      connection.heardAt = Date.now();
      for (const line of data.toString('utf8').split('\n')) {
        if (line !== '') this.#frame(connection, JSON.parse(line) as Frame);
      }
    });
  }

  #closed(connection: Connection, code: number): void {
    connection.closed = code;
    connection.resumed = false;
    for (const out of this.#outbox) out.sentAt = 0;
    for (const log of this.#logs.values()) log.fetching = false;
    this.#failures += 1;
    this.#reconnectAt ||= Date.now() + Math.min(100 * 2 ** this.#failures, 5000) * (0.5 + Math.random() / 2);
    if (code === 4003) void this.#refresh();
    if (code === 4011) this.complaints.push('this version is not spoken');
  }

  async #refresh(): Promise<void> {
    this.#refreshing = true;
    try {
      this.login = loginOf(await request(this.base, 'POST', '/auth/refresh', { cookie: this.login.cookie }));
    } catch (e) {
      this.complaints.push(String(e));
    }
    this.#refreshing = false;
  }

  #write(frame: Frame): void {
    this.#connection?.socket.send(JSON.stringify(frame));
  }

  #frame(connection: Connection, frame: Frame): void {
    switch (frame.t) {
      case 'welcome':
        return this.#welcome(connection, frame);
      case 'resumed':
        return this.#resumed(connection, frame);
      case 'ack':
        return this.#acked(frame as unknown as Stored);
      case 'nack':
        return this.#nacked(frame.cmid as string, frame.code as string, frame.retry_ms as number | undefined);
      case 'event': {
        const event = frame as unknown as Event;
        const live = connection.live.get(event.room);
        if (live) live.push(event.seq);
        else connection.live.set(event.room, [event.seq]);
        return this.#grew(event.room, (log) => log.take(event));
      }
      case 'batch':
        return this.#batch(frame as unknown as Batch);
      case 'head':
        for (const [room, seq] of Object.entries(frame.rooms as Record<string, number>)) {
          this.#grew(room, (log) => (log.head = Math.max(log.head, seq)));
        }
        return;
      case 'goaway':
        this.#reconnectAt = Date.now() + (frame.reconnect_ms as number);
        return;
      case 'error':
        return this.#refused(connection, frame.code as string, frame.ref as string | undefined);
    }
  }

  #welcome(connection: Connection, frame: Frame): void {
    connection.welcome = true;
    this.#failures = 0;
    this.#heartbeat = frame.hb_ms as number;
    this.#maxInFlight = frame.max_inflight as number;
    if (this.#epoch !== '' && this.#epoch !== frame.epoch) {
      for (const room of this.#logs.keys()) this.#logs.set(room, new Log());
    }
    this.#epoch = frame.epoch as string;
    this.#resume(connection);
    this.#pump();
  }

  #resume(connection: Connection): void {
    connection.resumeAt = Date.now() + ANSWER_MS;
    const cursors = Object.fromEntries([...this.#logs].map(([room, log]) => [room, log.last]));
    this.#write({ t: 'resume', epoch: this.#epoch, cursors });
  }

  #resumed(connection: Connection, frame: Frame): void {
    connection.resumed = true;
    const rooms = frame.rooms as Record<string, { head: number }>;
    for (const [room, log] of this.#logs) {
      const told = rooms[room];
      if (!told) continue;
      log.head = Math.max(log.head, told.head);
      if (log.last < log.head) this.#fetch(room, log);
    }
  }

  /** A watched room's log may be longer now: whatever is missing before its head is fetched. */
  #grew(room: string, change: (log: Log) => void): void {
    const log = this.#logs.get(room);
    if (!log) return;
    change(log);
    if (log.last < log.head && !log.fetching) this.#fetch(room, log);
  }

  #fetch(room: string, log: Log): void {
    log.fetching = true;
    log.fetchAt = Date.now() + ANSWER_MS;
    this.#write({ t: 'fetch', room, after: log.last, limit: 200 });
  }

  #batch(batch: Batch): void {
    const log = this.#logs.get(batch.room);
    if (!log) return;
    for (const event of batch.events) log.take(event);
    log.head = Math.max(log.head, batch.head);
    if (log.last >= log.head) log.fetching = false;
    else if (!batch.complete) this.#fetch(batch.room, log);
    else log.fetchAt = Date.now() + RETRY_MS;
  }

  #refused(connection: Connection, code: string, ref: string | undefined): void {
    const log = ref === undefined ? undefined : this.#logs.get(ref);
    if (!TRY_AGAIN.has(code)) this.complaints.push(`error ${code} ${ref ?? ''}`);
    else if (log) log.fetchAt = Date.now() + RETRY_MS;
    else if (ref === 'resume') connection.resumeAt = Date.now() + RETRY_MS;
    else if (ref === 'hello') connection.socket.terminate();
  }

  #acked(stored: Stored): void {
    this.#settle(stored.cmid)?.resolve(stored);
    this.#pump();
  }

  #nacked(cmid: string, code: string, retryMs: number | undefined): void {
    const out = this.#outbox.find((o) => o.cmid === cmid);
    if (!out) return;
    if (retryMs === undefined) {
      this.#settle(cmid)?.reject(new Error(`nack ${code}`));
      this.#pump();
      return;
    }
    this.nacks += 1;
    out.sentAt = 0;
    out.notBefore = Date.now() + retryMs;
  }

  #settle(cmid: string): Outgoing | undefined {
    const at = this.#outbox.findIndex((o) => o.cmid === cmid);
    return at < 0 ? undefined : this.#outbox.splice(at, 1)[0];
  }

  /** Sends what may be sent, in order: nothing goes before what waits for its second try. */
  #pump(): void {
    if (!this.#connection?.welcome) return;
    const now = Date.now();
    for (const out of this.#outbox.slice(0, Math.min(this.window, this.#maxInFlight))) {
      if (out.sentAt !== 0) continue;
      if (out.notBefore > now) return;
      out.sentAt = now;
      this.#write({ t: 'send', cmid: out.cmid, room: out.room, body: out.body });
    }
  }

  #tick(): void {
    if (this.#stopped) return;
    const now = Date.now();
    const connection = this.#connection;
    if (!connection) {
      if (now < this.#reconnectAt || this.#refreshing) return;
      this.#reconnectAt = 0;
      this.#connect();
      return;
    }
    const silent = now - connection.heardAt > 2.5 * this.#heartbeat;
    const unwelcome = !connection.welcome && now - connection.openedAt > 2 * ANSWER_MS;
    const away = this.#reconnectAt !== 0 && now >= this.#reconnectAt;
    if (silent || unwelcome || away) return connection.socket.terminate();
    if (!connection.welcome) return;
    if (!connection.resumed && now > connection.resumeAt) this.#resume(connection);
    for (const [room, log] of this.#logs) {
      if (log.fetching && now > log.fetchAt) this.#fetch(room, log);
    }
    for (const out of this.#outbox) {
      if (out.sentAt === 0 || now - out.sentAt < ANSWER_MS) continue;
      this.resends += 1;
      out.sentAt = 0;
    }
    this.#pump();
  }
}
