import type { Rest } from '@/protocol/ops.gen';
import type { Auth } from './auth';
import { ApiError } from './error';
import type { Http } from './http';

type Given<T> = T extends undefined ? object : T;
type Args<K extends keyof Rest> = {
  [P in 'params' | 'query' | 'body' as Rest[K][P] extends undefined ? never : P]: Rest[K][P];
} & { signal?: AbortSignal; keepalive?: boolean };

/** The REST paths of a logged-in user, typed by the contract: `api.call('GET /rooms/{room}', { params: { room } })`. */
export class Api {
  readonly #http: Http;
  readonly #auth: Auth;

  constructor(http: Http, auth: Auth) {
    this.#http = http;
    this.#auth = auth;
  }

  /** Throws ApiError. A token that is refused is renewed once and the request tried again; none of the paths acts before
   *  it has looked at the token, so the second try repeats nothing. Where one is refused that was just given out, the
   *  server is at odds with itself, as with a wrong clock in one of its processes: `unavailable`, which may be tried again. */
  async call<K extends keyof Rest>(key: K, args: Args<K>): Promise<Rest[K]['reply']> {
    const token = await this.#auth.token();
    try {
      return await this.#send(key, args, token);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    const fresh = await this.#auth.replace(token);
    try {
      return await this.#send(key, args, fresh);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new ApiError('unavailable', /*i18n*/ 'A part of the server is away. Try again.', 503, error.request_id);
    }
  }

  async #send<K extends keyof Rest>(key: K, args: Args<K>, token: string): Promise<Rest[K]['reply']> {
    const given = args as {
      params?: Given<Record<string, string>>;
      query?: Record<string, string | number | undefined>;
      body?: unknown;
      signal?: AbortSignal;
      keepalive?: boolean;
    };
    const [method = '', template = ''] = key.split(' ');
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent((given.params as Record<string, string> | undefined)?.[name] ?? ''),
    );
    const request = {
      method,
      path,
      query: given.query,
      body: given.body,
      signal: given.signal,
      token,
      keepalive: given.keepalive === true,
    };
    return (await this.#http.request(request)) as Rest[K]['reply'];
  }
}

function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.code === 'token_expired' || error.code === 'unauthorized');
}
