import { uuid } from '@/lib/uuid';
import { ApiError, type ApiErrorCode, isErrorCode } from './error';

export type FetchFn = (input: string, init: RequestInit) => Promise<Response>;

export interface HttpRequest {
  method: string;
  /** Below /api/v1. */
  path: string;
  query?: Record<string, string | number | undefined> | undefined;
  body?: unknown;
  token?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
}

const TIMEOUT_MS = 15_000;

/** What a status means when its body does not say it: the balancer's own answers are no JSON. */
const CODE_OF_STATUS: Record<number, ApiErrorCode> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'too_large',
  429: 'rate_limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

/** One request to the REST edge and its JSON answer. Throws ApiError and nothing else. */
export class Http {
  readonly #base: string;
  readonly #fetch: FetchFn;

  constructor(origin: string, fetch: FetchFn) {
    this.#base = `${origin}/api/v1`;
    this.#fetch = fetch;
  }

  async request(req: HttpRequest): Promise<unknown> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = req.signal === undefined ? timeout : AbortSignal.any([req.signal, timeout]);
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(this.#base + req.path + queryString(req.query), {
        method: req.method,
        headers: headersOf(req),
        ...(hasBody(req) ? { body: JSON.stringify(req.body ?? {}) } : {}),
        ...(req.keepalive === true ? { keepalive: true } : {}),
        cache: 'no-store',
        signal,
      });
      text = await response.text();
    } catch (cause) {
      throw transportError(req.signal, timeout, cause);
    }
    const body = parse(text);
    if (!response.ok) throw answerError(response.status, body);
    return body;
  }
}

function hasBody(req: HttpRequest): boolean {
  return ['POST', 'PUT', 'PATCH'].includes(req.method);
}

function headersOf(req: HttpRequest): Record<string, string> {
  // What the server's logs call the request.
  const headers: Record<string, string> = { accept: 'application/json', 'x-request-id': uuid() };
  if (hasBody(req)) headers['content-type'] = 'application/json';
  if (req.token !== undefined) headers.authorization = `Bearer ${req.token}`;
  return headers;
}

function queryString(query: HttpRequest['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) params.set(name, String(value));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function transportError(caller: AbortSignal | undefined, timeout: AbortSignal, cause: unknown): ApiError {
  if (caller?.aborted === true) return new ApiError('aborted', /*i18n*/ 'Given up.');
  if (timeout.aborted) return new ApiError('timeout', /*i18n*/ 'The answer took too long. Try again.');
  const error = new ApiError('network', /*i18n*/ 'No connection to the server. Check the network and try again.');
  error.cause = cause;
  return error;
}

/** Of an answer that says no more itself, as a proxy's. */
const WRONG = /*i18n*/ 'Something went wrong. Try again.';

function answerError(status: number, body: unknown): ApiError {
  const { code, message, request_id } = (body ?? {}) as { code?: unknown; message?: unknown; request_id?: unknown };
  if (isErrorCode(code)) {
    const text = typeof message === 'string' && message !== '' ? message : WRONG;
    return new ApiError(code, text, status, typeof request_id === 'string' ? request_id : '');
  }
  const guess = CODE_OF_STATUS[status] ?? (status >= 500 ? 'internal' : 'bad_request');
  return new ApiError(guess, WRONG, status);
}
