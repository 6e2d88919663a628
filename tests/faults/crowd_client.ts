import { Auth } from '@/client/auth';
import type { Chat } from '@/client/chat';
import { type Clock, systemClock } from '@/client/clock';
import { type FetchFn, Http } from '@/client/http';
import { MemoryOutboxStore } from '@/client/outbox_store';
import type { User } from '@/protocol/ops.gen';
import { cookieFetch, makeChat } from '@/testing/node_person';
import { Ear } from './crowd_ear.ts';
import { Line } from './crowd_line.ts';
import type { Recorder } from './history.ts';

export interface ClientParts {
  c: string;
  url: string;
  username: string;
  password: string;
  recorder: Recorder;
  acked: (cmid: string) => void;
}

/** Timers of the engines do not keep the process. */
const clock: Clock = { ...systemClock, after: (ms, fn) => setTimeout(fn, ms).unref() };

/** One device of a person: the real engine, every frame of it listened to. Its outbox outlives its pages. */
export class CrowdClient {
  readonly c: string;
  readonly me: User;
  readonly auth: Auth;
  readonly ear: Ear;
  /** Logins that ended although nobody asked for it. */
  relogins = 0;

  readonly #parts: ClientParts;
  readonly #http: Http;
  readonly #store = new MemoryOutboxStore();
  #chat: Chat;
  #open = false;
  #line: Line | undefined;
  #logging_in = false;

  private constructor(parts: ClientParts, auth: Auth, me: User, fetch: FetchFn) {
    this.c = parts.c;
    this.me = me;
    this.auth = auth;
    this.#parts = parts;
    this.ear = new Ear(parts.c, me.id, parts.recorder, parts.acked);
    this.#http = new Http(parts.url, this.ear.on(fetch, 'rest'));
    this.#chat = this.#make();
  }

  /** Registers the account, or logs in to it as a second device. */
  static async enter(parts: ClientParts, how: 'register' | 'login'): Promise<CrowdClient> {
    const fetch = cookieFetch(parts.url);
    const auth = new Auth({ http: new Http(parts.url, fetch), clock });
    await auth[how](parts.username, parts.password);
    const state = auth.state.get();
    if (state.status !== 'in') throw new Error(`${parts.c} is not logged in.`);
    return new CrowdClient(parts, auth, state.user, fetch);
  }

  /** Its page, or the last one that it had. */
  get chat(): Chat {
    return this.#chat;
  }

  /** Has a page open. */
  get open(): boolean {
    return this.#open;
  }

  get ready(): boolean {
    return this.#chat.socket.state.get().status === 'ready' && this.#chat.list.loaded.get();
  }

  /** Opens a page: another device to the server, with the outbox of the one before. */
  start(): void {
    if (this.#open) return;
    this.#open = true;
    this.#chat = this.#make();
    this.#chat.start();
  }

  /** Closes the page. */
  stop(): void {
    this.#open = false;
    this.#chat.stop();
  }

  /** The connection ends without a word. */
  drop(): void {
    this.#line?.drop();
  }

  slow(on: boolean): void {
    this.#line?.slow(on);
  }

  ping(): void {
    this.#line?.ping();
  }

  /** What a person does whom the client asks for his password again. */
  async relogin(): Promise<void> {
    const state = this.#chat.socket.state.get();
    if (this.#logging_in || state.status !== 'stopped' || state.why !== 'auth') return;
    this.#logging_in = true;
    try {
      await this.auth.login(this.#parts.username, this.#parts.password);
      this.relogins++;
      if (this.#open) this.#chat.socket.start();
    } catch {
      // Tried again with the next look.
    } finally {
      this.#logging_in = false;
    }
  }

  #make(): Chat {
    const { url } = this.#parts;
    const chat = makeChat(url, {
      me: this.me,
      auth: this.auth,
      http: this.#http,
      clock,
      store: this.#store,
      openSocket: (to, protocols) => this.#connect(to, protocols, url),
    });
    chat.outbox.events.on('failed', ({ cmid, code }) => this.ear.concluded(cmid, code));
    return chat;
  }

  #connect(url: string, protocols: string[], origin: string): Line {
    const { ear } = this;
    const ears = { received: ear.frame.bind(ear), sent: ear.tried.bind(ear), ponged: ear.ponged.bind(ear) };
    this.#line = new Line(url, protocols, origin, ears);
    return this.#line;
  }
}
