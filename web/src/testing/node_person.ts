import { WebSocket } from 'ws';
import { Auth } from '@/client/auth';
import { Chat, type ChatParts } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { type FetchFn, Http } from '@/client/http';
import { MemoryOutboxStore } from '@/client/outbox_store';
import type { WebSocketLike } from '@/client/socket';

/** Somebody who uses a running Parley from Node, through the very engine that the browser runs. */
export interface NodePerson {
  auth: Auth;
  chat: Chat;
  stop: () => void;
}

/** Registers a new account at `origin` and connects. Resolves when the gateway has welcomed it. */
export async function registerPerson(origin: string, username: string, password: string): Promise<NodePerson> {
  return enter(origin, (auth) => auth.register(username, password));
}

/** Another device of somebody who is registered; `parts` replaces any of what Node gives the engine. */
export async function logInPerson(
  origin: string,
  username: string,
  password: string,
  parts: Partial<ChatParts> = {},
): Promise<NodePerson> {
  return enter(origin, (auth) => auth.login(username, password), parts);
}

async function enter(
  origin: string,
  how: (auth: Auth) => Promise<void>,
  parts: Partial<ChatParts> = {},
): Promise<NodePerson> {
  const http = new Http(origin, cookieFetch(origin));
  const auth = new Auth({ http, clock: systemClock });
  await how(auth);
  const state = auth.state.get();
  if (state.status !== 'in') throw new Error('Nobody was logged in.');
  const chat = makeChat(origin, { me: state.user, auth, http, ...parts });
  chat.start();
  await until(() => chat.socket.state.get().status === 'ready' && chat.list.loaded.get());
  return { auth, chat, stop: () => chat.stop() };
}

/** The engine of somebody who is logged in, not started, with the parts that Node has; `parts` replaces any of them. */
export function makeChat(origin: string, parts: Pick<ChatParts, 'me' | 'auth' | 'http'> & Partial<ChatParts>): Chat {
  return new Chat({
    clock: systemClock,
    store: new MemoryOutboxStore(),
    ws_url: `${origin.replace(/^http/, 'ws')}/ws`,
    device: crypto.randomUUID(),
    openSocket: (url, protocols) => new WebSocket(url, protocols, { origin }) as unknown as WebSocketLike,
    uuid: () => crypto.randomUUID(),
    ...parts,
  });
}

/** Waits for a condition; fails when it does not come true in time. */
export async function until(condition: () => boolean, within_ms = 20_000): Promise<void> {
  const deadline = Date.now() + within_ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not within ${within_ms} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** fetch with what a browser adds by itself: an Origin, and the cookies the server set. */
export function cookieFetch(origin: string): FetchFn {
  const jar = new Map<string, string>();
  return async (input, init) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init?.headers as Record<string, string>), origin, ...(cookie === '' ? {} : { cookie }) };
    const response = await fetch(input, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
}
