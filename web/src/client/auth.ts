import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import type { Login, Server, User } from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';
import { ApiError } from './error';
import type { Http } from './http';

export type AuthState =
  /** Not asked yet whether the refresh cookie is good, or the server cannot be reached to ask; and it is not known who it
   *  was. */
  | { status: 'unknown' }
  | { status: 'out'; why: 'none' | 'logged_out' | 'ended' }
  /** As the server said; from a page before, until it is asked anew. */
  | { status: 'in'; user: User; session: string };

/** The part of the Web Locks API that is used. Rejects when `work` does, or when its turn does not come. */
export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** The part of BroadcastChannel that is used. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** The part of Storage that is used. No secret goes in: only whose login exists, and when a refresh began. */
export interface Notes {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface AuthParts {
  http: Http;
  clock: Clock;
  /** Without: one process, one instance. */
  locks?: Locks | undefined;
  channel?: Channel | undefined;
  notes?: Notes | undefined;
}

type Message = { type: 'login'; login: Login; expires_at: number } | { type: 'logout' };

const LOCK = 'parley.refresh';
const NOTE_LOGIN = 'parley.login';
const NOTE_REFRESHING = 'parley.refreshing';

/** A token this close to its end is not used any more. */
const MARGIN_MS = 20_000;
/** Renewed when this share of its life is over. */
const RENEW_AT = 0.8;
/** How long a page that reloads lets a refresh of the page before finish: its cookie may not be there yet. */
const INTERRUPTED_MS = 1_500;
/** After a wait for the lock, how long the result of the tab before may take to arrive. */
const HANDOVER_MS = 60;
const RETRY_BASE_MS = 500;
const RETRY_CAP_MS = 6_000;

/** Who is logged in, and the access token, which lives in memory only. The refresh token is a cookie that scripts cannot
 *  read; the server ends the login when one is used twice, so over all tabs refreshes go one after the other, under a
 *  Web Lock (or a lease, where there are none), and every tab takes over what one has got. */
export class Auth {
  readonly state = new Store<AuthState>({ status: 'unknown' });
  /** `token`: a new access token of the same login, for whoever has shown the old one to somebody. */
  readonly events = new Emitter<{ token: string }>();

  readonly #parts: AuthParts;
  #token = '';
  #expires_at = 0;
  #refreshing: Promise<void> | undefined;
  #renewal: Timer | undefined;

  constructor(parts: AuthParts) {
    this.#parts = parts;
    if (parts.channel !== undefined) parts.channel.onmessage = (event) => this.#heard(event.data as Message);
  }

  /** Finds out whether the cookie of an earlier visit is still good. Ends with `in` or `out`; while the server cannot
   *  be reached it tries on. Whose login it was is known before: what this device keeps of theirs can be shown at once. */
  async start(): Promise<void> {
    const { notes } = this.#parts;
    const note = notes?.getItem(NOTE_LOGIN);
    if (note === null) {
      this.state.set({ status: 'out', why: 'none' });
      return;
    }
    const known = noted(note);
    if (known !== undefined) this.state.set({ status: 'in', ...known });
    for (let attempt = 0; this.#token === '' && this.state.get().status !== 'out'; attempt++) {
      try {
        await this.#refresh();
      } catch (error) {
        if (!(error instanceof ApiError) || !error.retryable) return;
        await this.#sleep(RETRY_BASE_MS / 2 + fullJitter(this.#parts.clock, attempt, RETRY_BASE_MS, RETRY_CAP_MS));
      }
    }
  }

  async login(username: string, password: string): Promise<void> {
    await this.#enter('/auth/login', { username, password });
  }

  async register(username: string, password: string, display_name?: string, invite?: string): Promise<void> {
    const more = { ...(display_name ? { display_name } : {}), ...(invite ? { invite } : {}) };
    await this.#enter('/auth/register', { username, password, ...more });
  }

  /** What the server says of itself to everybody. */
  async server(): Promise<Server> {
    return (await this.#parts.http.request({ method: 'GET', path: '/server' })) as Server;
  }

  /** Ends the login here and in every tab, even when the server cannot be told. */
  async logout(): Promise<void> {
    const token = this.#token === '' ? undefined : this.#token;
    try {
      await this.#parts.http.request({ method: 'POST', path: '/auth/logout', token, keepalive: true });
    } catch {
      // Without the server the login ends on this device only: the note is gone, so nothing uses the cookie again.
    }
    this.#parts.channel?.postMessage({ type: 'logout' } satisfies Message);
    this.#leave('logged_out');
  }

  /** A token that is good for some seconds more; renews it first when it is not. */
  async token(): Promise<string> {
    if (this.#expires_at - this.#parts.clock.now() <= MARGIN_MS) await this.#refresh();
    return this.#token;
  }

  /** A token other than `refused`. */
  async replace(refused: string): Promise<string> {
    if (this.#token === refused) await this.#refresh();
    return this.#token;
  }

  async #enter(path: string, body: unknown): Promise<void> {
    const login = (await this.#parts.http.request({ method: 'POST', path, body })) as Login;
    this.#adopt(login, this.#parts.clock.now() + login.expires_in * 1000, true);
  }

  #refresh(): Promise<void> {
    if (this.state.get().status === 'out') return Promise.reject(new ApiError('unauthorized', 'Log in first.', 401));
    this.#refreshing ??= this.#refreshAlone().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refreshAlone(): Promise<void> {
    const { clock, locks } = this.#parts;
    const before = this.#token;
    const asked_at = clock.now();
    const work = async (): Promise<void> => {
      // A granted lock may overtake the message of the tab that held it.
      if (clock.now() - asked_at > 5) await this.#sleep(HANDOVER_MS);
      if (this.#token !== before || this.state.get().status === 'out') return;
      await this.#exchange();
    };
    try {
      await (locks === undefined ? work() : locks.request(LOCK, work));
    } catch (error) {
      if (error instanceof ApiError) throw error;
      // The turn did not come: a tab that sleeps holds the lock. It may have waked up by the next try.
      throw new ApiError('network', /*i18n*/ 'Another tab does not answer.');
    }
  }

  async #exchange(): Promise<void> {
    const { clock, http, notes } = this.#parts;
    const begun = Number(notes?.getItem(NOTE_REFRESHING) ?? 0);
    const since = clock.now() - begun;
    if (since >= 0 && since < INTERRUPTED_MS) await this.#sleep(INTERRUPTED_MS - since);
    notes?.setItem(NOTE_REFRESHING, String(clock.now()));
    try {
      const request = { method: 'POST', path: '/auth/refresh', keepalive: true };
      const login = (await http.request(request)) as Login;
      this.#adopt(login, clock.now() + login.expires_in * 1000, true);
    } catch (error) {
      if (error instanceof ApiError && !error.retryable && error.code !== 'aborted') this.#leave('ended');
      throw error;
    } finally {
      notes?.removeItem(NOTE_REFRESHING);
    }
  }

  #adopt(login: Login, expires_at: number, tell: boolean): void {
    const { channel, clock, notes } = this.#parts;
    this.#token = login.access_token;
    this.#expires_at = expires_at;
    notes?.setItem(NOTE_LOGIN, JSON.stringify({ user: login.user, session: login.session }));
    clock.cancel(this.#renewal);
    this.#renewal = clock.after(Math.max(1_000, (expires_at - clock.now()) * RENEW_AT), () => this.#renew(0));
    const now = this.state.get();
    const { session, user } = login;
    if (now.status !== 'in' || now.session !== session || JSON.stringify(now.user) !== JSON.stringify(user)) {
      this.state.set({ status: 'in', user, session });
    }
    this.events.emit('token', login.access_token);
    if (tell) channel?.postMessage({ type: 'login', login, expires_at } satisfies Message);
  }

  #renew(attempt: number): void {
    const { clock } = this.#parts;
    this.#refresh().catch((error: unknown) => {
      if (!(error instanceof ApiError) || !error.retryable) return;
      const wait_ms = RETRY_BASE_MS + fullJitter(clock, attempt, RETRY_BASE_MS, RETRY_CAP_MS);
      this.#renewal = clock.after(wait_ms, () => this.#renew(attempt + 1));
    });
  }

  #heard(message: Message): void {
    if (message.type === 'logout') this.#leave('logged_out');
    else if (message.type === 'login') this.#adopt(message.login, message.expires_at, false);
  }

  #leave(why: 'logged_out' | 'ended'): void {
    this.#token = '';
    this.#expires_at = 0;
    this.#parts.clock.cancel(this.#renewal);
    this.#parts.notes?.removeItem(NOTE_LOGIN);
    if (this.state.get().status !== 'out') this.state.set({ status: 'out', why });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(ms, resolve));
  }
}

/** Whose login an earlier page has noted. */
function noted(note: string | undefined): { user: User; session: string } | undefined {
  try {
    const { user, session } = JSON.parse(note ?? '') as { user?: User; session?: string };
    return typeof user?.id === 'string' && typeof session === 'string' ? { user, session } : undefined;
  } catch {
    return undefined;
  }
}
