import { ERRORS, type ErrorCode } from '@/protocol/ops.gen';

/** `network`: no answer came. `aborted`: the caller gave up. All else is the contract's. */
export type ApiErrorCode = ErrorCode | 'network' | 'aborted';

/** An answer that is an error: `code` is for programs, `message` for people. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly request_id: string;

  constructor(code: ApiErrorCode, message: string, status = 0, request_id = '') {
    super(message);
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

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** Unknown codes, of a newer server, are not retried: they are definite answers. */
export function isRetryable(code: string): boolean {
  if (code === 'network') return true;
  return isErrorCode(code) && ERRORS[code].retry;
}
