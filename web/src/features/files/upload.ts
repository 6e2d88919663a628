import { DetailedError, type HttpRequest, Upload as Tus } from 'tus-js-client';
import type { Auth } from '@/client/auth';
import { ApiError, isErrorCode } from '@/client/error';
import type { OutboxFile } from '@/client/outbox_store';
import type { UploadHooks, Uploading } from './carrier';

const ENDPOINT = '/media/files';
/** One request carries so much at most: its access token must last for it. */
const CHUNK_BYTES = 16 * 1024 * 1024;
/** A connection that moves nothing for so long is given up, and the upload goes on by another. */
const STALL_MS = 30_000;
/** Tries without any progress between; with progress they begin anew. */
const RETRIES = 300;
const RETRY_BASE_MS = 400;
const RETRY_CAP_MS = 6_000;

/** Uploads by the tus protocol, from where it stood. */
export function uploadTus(auth: Auth, file: OutboxFile, blob: Blob, hooks: UploadHooks): Uploading {
  let stall: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let refused = '';
  let shown = '';
  let tus: Tus | undefined;

  const moving = (): void => {
    clearTimeout(stall);
    if (!stopped) stall = setTimeout(() => void again(), STALL_MS);
  };
  const again = async (): Promise<void> => {
    await tus?.abort();
    if (stopped) return;
    tus?.start();
    moving();
  };
  const done = new Promise<string>((resolve, reject) => {
    tus = new Tus(blob, {
      endpoint: ENDPOINT,
      ...(file.url === undefined ? {} : { uploadUrl: file.url }),
      chunkSize: CHUNK_BYTES,
      retryDelays: Array.from({ length: RETRIES }, (_, n) =>
        Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(n, 9)),
      ),
      // Where it goes on is kept with the message.
      storeFingerprintForResuming: false,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, filetype: file.type },
      onBeforeRequest: async (request: HttpRequest) => {
        shown = refused === '' ? await auth.token() : await auth.replace(refused);
        refused = '';
        request.setHeader('Authorization', `Bearer ${shown}`);
      },
      onUploadUrlAvailable: () => {
        if (tus?.url != null) hooks.onUrl(tus.url);
      },
      onProgress: (sent, total) => {
        moving();
        hooks.onProgress(total > 0 ? sent / total : 1);
      },
      onShouldRetry: (error) => {
        const status = statusOf(error);
        if (status === 401 && refused === '') refused = shown;
        moving();
        return !stopped && mayPass(status);
      },
      onSuccess: () => {
        clearTimeout(stall);
        resolve(idOf(tus?.url ?? ''));
      },
      onError: (error) => {
        clearTimeout(stall);
        reject(errorOf(error));
      },
    });
    moving();
    tus.start();
  });
  return {
    done,
    stop: (forget) => {
      stopped = true;
      clearTimeout(stall);
      tus?.abort(forget).catch(() => {});
    },
  };
}

/** The upload is wanted no more, and nothing of it is under way here. */
export async function forgetTus(auth: Auth, url: string): Promise<void> {
  try {
    await Tus.terminate(url, {
      retryDelays: [],
      headers: { Authorization: `Bearer ${await auth.token()}` },
    });
  } catch {
    // What is used by no message goes by itself, a day later.
  }
}

function idOf(url: string): string {
  return new URL(url, location.href).pathname.split('/').at(-1) ?? '';
}

/** 0: no answer came. */
function statusOf(error: Error | DetailedError): number {
  return error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

/** Another request has the upload for the moment (409, 423), or the server is in trouble; 401: the token was too old. */
function mayPass(status: number): boolean {
  return status === 0 || status >= 500 ? status !== 507 : [401, 408, 409, 423, 429].includes(status);
}

function errorOf(error: Error | DetailedError): ApiError {
  const status = statusOf(error);
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined;
  try {
    const { code, message } = JSON.parse(body ?? '') as { code?: unknown; message?: unknown };
    if (isErrorCode(code)) return new ApiError(code, String(message ?? ''), status);
  } catch {
    // It says no more than its status.
  }
  if (status === 413) return new ApiError('too_large', /*i18n*/ 'This is too large.', status);
  return new ApiError(status === 0 ? 'network' : 'bad_request', /*i18n*/ 'The upload was refused.', status);
}
