import type { Rest } from '@/protocol/ops.gen';
import type { Auth } from './auth';
import { ApiError } from './error';
import type { Http } from './http';

type Given<T> = T extends undefined ? object : T;
type Args<K extends keyof Rest> = {
  [P in 'params' | 'query' | 'body' as Rest[K][P] extends undefined ? never : P]: Rest[K][P];
} & { signal?: AbortSignal };

/** The REST paths of a logged-in user, typed by the contract: `api.call('GET /rooms/{room}', { params: { room } })`. */
export class Api {
  readonly #http: Http;
  readonly #auth: Auth;

  constructor(http: Http, auth: Auth) {
    this.#http = http;
    this.#auth = auth;
  }

  /** Throws ApiError. A token that is refused is renewed once and the request tried again; none of the paths acts before
   *  it has looked at the token, so the second try repeats nothing. */
  async call<K extends keyof Rest>(key: K, args: Args<K>): Promise<Rest[K]['reply']> {
    const token = await this.#auth.token();
    try {
      return await this.#send(key, args, token);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.code !== 'token_expired' && error.code !== 'unauthorized'))
        throw error;
      return await this.#send(key, args, await this.#auth.replace(token));
    }
  }

  async #send<K extends keyof Rest>(key: K, args: Args<K>, token: string): Promise<Rest[K]['reply']> {
    const given = args as {
      params?: Given<Record<string, string>>;
      query?: Record<string, string | number | undefined>;
      body?: unknown;
      signal?: AbortSignal;
    };
    const [method = '', template = ''] = key.split(' ');
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent((given.params as Record<string, string> | undefined)?.[name] ?? ''),
    );
    const request = { method, path, query: given.query, body: given.body, signal: given.signal, token };
    return (await this.#http.request(request)) as Rest[K]['reply'];
  }
}
