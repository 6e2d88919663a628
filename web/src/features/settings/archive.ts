import type { Auth } from '@/client/auth';
import { ApiError, isErrorCode } from '@/client/error';

const PATH = '/media/mine';
/** What is larger goes to the disk by the browser's own download: nothing of it is in memory. */
const IN_HAND_BYTES = 256 * 1024 * 1024;
/** Pieces are put together in so many bytes, which a browser may keep on its disk. */
const PART_BYTES = 8 * 1024 * 1024;

export interface Archive {
  name: string;
  blob: Blob;
}

/** All that the server has of who is logged in, as one archive; `undefined` when the browser itself fetches it. Throws
 *  ApiError: `not_confirmed` when this login has not typed its password of late. `onGot` hears how much of it is there; how much it will be nobody knows. */
export async function fetchArchive(
  auth: Auth,
  signal: AbortSignal,
  onGot: (bytes: number) => void,
): Promise<Archive | undefined> {
  const size = (await (await ask(auth, `${PATH}/size`, signal)).json()) as { bytes: number };
  if (size.bytes > IN_HAND_BYTES) {
    const link = document.createElement('a');
    link.href = PATH;
    link.download = '';
    link.click();
    return undefined;
  }
  const answer = await ask(auth, PATH, signal);
  const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'parley.zip';
  return { name, blob: await gather(answer, signal, onGot) };
}

async function gather(answer: Response, signal: AbortSignal, onGot: (got: number) => void): Promise<Blob> {
  const reader = answer.body?.getReader();
  let got = 0;
  let parts: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) break;
      pieces.push(value as Uint8Array<ArrayBuffer>);
      got += value.byteLength;
      held += value.byteLength;
      if (held >= PART_BYTES) {
        parts.push(new Blob(pieces));
        pieces = [];
        held = 0;
      }
      onGot(got);
    }
  } catch (cause) {
    throw broken(signal, cause);
  }
  parts = [...parts, new Blob(pieces)];
  return new Blob(parts, { type: 'application/zip' });
}

/** A token that is refused is renewed, once. */
async function ask(auth: Auth, path: string, signal: AbortSignal): Promise<Response> {
  const token = await auth.token();
  const first = await send(path, token, signal);
  const answer = first.status === 401 ? await send(path, await auth.replace(token), signal) : first;
  if (answer.ok) return answer;
  const said = (await answer.json().catch(() => ({}))) as { code?: string; message?: string; request_id?: string };
  const code = said.code !== undefined && isErrorCode(said.code) ? said.code : 'unavailable';
  throw new ApiError(
    code,
    said.message ?? /*i18n*/ 'Something went wrong. Try again.',
    answer.status,
    said.request_id ?? '',
  );
}

async function send(path: string, token: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, { headers: { authorization: `Bearer ${token}` }, cache: 'no-store', signal });
  } catch (cause) {
    throw broken(signal, cause);
  }
}

function broken(signal: AbortSignal, cause: unknown): ApiError {
  if (signal.aborted) return new ApiError('aborted', /*i18n*/ 'Given up.');
  const error = new ApiError('network', /*i18n*/ 'No connection to the server. Check the network and try again.');
  error.cause = cause;
  return error;
}

/** Puts it where the browser puts what was downloaded. */
export function save({ name, blob }: Archive): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it for a while yet.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
