import type { Channel, Locks } from '@/client/auth';
import type { Clock, Timer } from '@/client/clock';
import type { FetchFn } from '@/client/http';
import type { WebSocketLike } from '@/client/socket';
import type { Attachment, ClientFrame, Event, Login, Me, Room, ServerFrame, User } from '@/protocol/ops.gen';

declare global {
  /** Node's; the types here are the browser's. */
  function setImmediate(fn: () => void): unknown;
}

/** Lets everything that only waits for promises, IndexedDB's fake included, run to its end. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise<void>((resolve) => globalThis.setImmediate(resolve));
}

/** Time that passes when told to. Chance is `chance`, the middle unless set. */
export class FakeClock implements Clock {
  chance = 0.5;
  #now = 1_790_000_000_000;
  #next = 1;
  readonly #timers = new Map<number, { at: number; fn: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): Timer {
    this.#timers.set(this.#next, { at: this.#now + ms, fn });
    return this.#next++;
  }

  cancel(timer: Timer): void {
    this.#timers.delete(timer as number);
  }

  random(): number {
    return this.chance;
  }

  /** How long until the next timer; undefined without one. */
  get next_ms(): number | undefined {
    const first = this.#first();
    return first === undefined ? undefined : first.at - this.#now;
  }

  /** Passes time, running each timer at its own moment and what it starts before the next. */
  async pass(ms: number): Promise<void> {
    await settled();
    const end = this.#now + ms;
    for (let first = this.#first(); first !== undefined && first.at <= end; first = this.#first()) {
      this.#timers.delete(first.id);
      this.#now = Math.max(this.#now, first.at);
      first.fn();
      await settled();
    }
    this.#now = end;
  }

  #first(): { id: number; at: number; fn: () => void } | undefined {
    let best: { id: number; at: number; fn: () => void } | undefined;
    for (const [id, timer] of this.#timers) if (best === undefined || timer.at < best.at) best = { id, ...timer };
    return best;
  }
}

/** The locks and channels of a browser with several tabs. What a tab holds is free again when it is `gone`. */
export class FakeTabs {
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #held = new Map<string, number>();
  readonly #channels = new Map<number, Channel>();
  #tabs = 0;

  /** `sleep`: the tab lives on, but what it holds is taken for free. */
  open(): { locks: Locks; channel: Channel; crash: () => void; sleep: () => void } {
    const tab = ++this.#tabs;
    const channel: Channel = {
      onmessage: null,
      postMessage: (data) => {
        for (const [other, { onmessage }] of this.#channels)
          if (other !== tab) onmessage?.({ data: structuredClone(data) } as MessageEvent);
      },
    };
    this.#channels.set(tab, channel);
    const locks: Locks = {
      request: async (name, work) => {
        while (this.#held.has(name)) {
          await new Promise<void>((resolve) => {
            this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
          });
        }
        this.#held.set(name, tab);
        try {
          return await work();
        } finally {
          if (this.#held.get(name) === tab) this.#free(name);
        }
      },
    };
    const sleep = (): void => {
      for (const [name, holder] of [...this.#held]) if (holder === tab) this.#free(name);
    };
    const crash = (): void => {
      this.#channels.delete(tab);
      sleep();
    };
    return { locks, channel, crash, sleep };
  }

  #free(name: string): void {
    this.#held.delete(name);
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    for (const resolve of waiting) resolve();
  }
}

/** The client's end of a WebSocket whose other end is the test. */
export class FakeWebSocket implements WebSocketLike {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: ClientFrame[] = [];
  readyState = 1;
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.(undefined as never);
  }

  receive(...frames: ServerFrame[]): void {
    this.onmessage?.({ data: frames.map((frame) => JSON.stringify(frame)).join('\n') });
  }

  welcome(epoch = 'e1', return_ms = 0): void {
    this.open();
    const frame = {
      sid: 's',
      user: '7',
      epoch,
      hb_ms: 25_000,
      max_frame: 65_536,
      max_inflight: 32,
      time: 0,
      return_ms,
    };
    this.receive({ t: 'welcome', ...frame });
  }

  /** The other end closes. */
  drop(code: number): void {
    this.onclose?.({ code });
  }

  of<T extends ClientFrame['t']>(t: T): Extract<ClientFrame, { t: T }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === t);
  }
}

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  token: string | undefined;
}

/** A server of one function: what it returns is the JSON answer, `[status, body]` another status. What it throws is a
 *  dead network. */
export function fakeFetch(answer: (asked: Asked) => unknown): { fetch: FetchFn; asked: Asked[] } {
  const asked: Asked[] = [];
  const fetch: FetchFn = async (input, init) => {
    const url = new URL(input, 'http://parley.test');
    const headers = (init?.headers ?? {}) as Record<string, string>;
    const one: Asked = {
      method: init?.method ?? 'GET',
      path: url.pathname.replace('/api/v1', ''),
      query: url.searchParams,
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined,
      token: headers.authorization?.replace('Bearer ', ''),
    };
    asked.push(one);
    const result = await answer(one);
    const [status, body] = Array.isArray(result) && typeof result[0] === 'number' ? result : [200, result];
    return new Response(typeof body === 'string' ? body : JSON.stringify(body ?? {}), { status: status as number });
  };
  return { fetch, asked };
}

export function aUser(id: string, name = `person ${id}`): User {
  return { id, username: name.toLowerCase().replaceAll(' ', '-'), display_name: name, created_at: 0 };
}

export function aMe(user: User, part: Partial<Me> = {}): Me {
  const settings = {
    hide_last_seen: false,
    hide_read: false,
    blocked: [],
    notify_rooms: 'mentions' as const,
    keywords: [],
    groups: [],
  };
  return { ...user, version: 1, about: '', ...settings, ...part };
}

export function aLogin(token: string, user = aUser('7'), expires_in = 900): Login {
  return { access_token: token, expires_in, session: `session of ${user.id}`, user };
}

export function anEvent(seq: number, part: Partial<Event> = {}): Event {
  return {
    room: '1',
    seq,
    n: seq,
    id: `1.${seq}`,
    type: 'message',
    sender: '8',
    ts: 1000 * seq,
    body: `m${seq}`,
    ...part,
  };
}

export function aRoom(id: string, part: Partial<Room> = {}): Room {
  const numbers = {
    head: 0,
    n: 0,
    read_seq: 0,
    read_n: 0,
    delivered_to: 0,
    read_to: 0,
    member_count: 2,
    created_at: 0,
  };
  return { id, kind: 'public', name: `room ${id}`, topic: '', role: 'member', ...numbers, ...part };
}

export function aFile(part: Partial<Attachment> = {}): Attachment {
  return {
    id: '0'.repeat(32),
    name: 'plan.zip',
    size: 2_048,
    type: 'application/octet-stream',
    kind: 'file',
    previews: [],
    ...part,
  };
}
