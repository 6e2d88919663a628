import { i18n } from '@lingui/core';
import { type ErrorCode, RETRYABLE } from '@/protocol/ops.gen';

/** `network`: no answer came. `aborted`: the caller gave up. All else is the contract's. */
export type ApiErrorCode = ErrorCode | 'network' | 'aborted';

/** An answer that is an error: `code` is for programs, `message` for people. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly request_id: string;

  constructor(code: ApiErrorCode, message: string, status = 0, request_id = '') {
    // Where the server is at fault, somebody may look for it in the logs.
    super(inWords(code, message, status) + (status >= 500 && request_id !== '' ? ` (${request_id})` : ''));
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.request_id = request_id;
  }

  /** The same request may succeed later. */
  get retryable(): boolean {
    return isRetryable(this.code);
  }
}

/** Whether it is written as the contract's are. A newer server has others: they are told in its words. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && /^[a-z]+(_[a-z]+)*$/.test(code);
}

/** Unknown codes, of a newer server, are not retried: they are definite answers. */
export function isRetryable(code: string): boolean {
  return code === 'network' || RETRYABLE.includes(code);
}

/** What is said of a failure, whatever it is. */
export function saidOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return inWords('internal', /*i18n*/ 'Something went wrong. Try again.', 0);
}

let words: Partial<Record<ErrorCode, string>> = {};

/** What errors are called in the code, which are the keys of what they are called in other languages; English needs none. */
export function nameErrors(names: Record<ErrorCode, string>): void {
  words = names;
}

/** The server writes English. Where it says more than the code's own text, other languages have that text. What has no
 *  status was made here, where its words are known. */
function inWords(code: ApiErrorCode, message: string, status: number): string {
  if (i18n.locale === '' || i18n.locale === 'en') return message;
  if (Object.hasOwn(i18n.messages, message)) return i18n.t(message);
  const name = status !== 0 ? words[code as ErrorCode] : undefined;
  return name === undefined ? message : i18n.t(name);
}
