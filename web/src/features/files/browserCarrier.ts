import type { Auth } from '@/client/auth';
import { systemClock } from '@/client/clock';
import { ApiError } from '@/client/error';
import type { Carrier } from '@/client/outbox';
import type { Attachment } from '@/protocol/ops.gen';
import { Blobs } from './blobs';
import { FileCarrier } from './carrier';
import { forgetTus, uploadTus } from './upload';
import { fileUrl } from './urls';

const ASK_WITHIN_MS = 10_000;

/** Uploads as a browser does. */
export function browserCarrier(auth: Auth): Carrier {
  return new FileCarrier({
    clock: systemClock,
    blobs: new Blobs(),
    upload: (file, blob, hooks) => uploadTus(auth, file, blob, hooks),
    info: (id) => infoOf(auth, id),
    forget: (url) => void forgetTus(auth, url),
  });
}

/** Undefined: the server is still looking at it. */
export async function infoOf(auth: Auth, id: string): Promise<Attachment | undefined> {
  let response: Response;
  try {
    response = await fetch(`${fileUrl(id)}/info`, {
      headers: { authorization: `Bearer ${await auth.token()}` },
      cache: 'no-store',
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    });
  } catch {
    throw new ApiError('network', /*i18n*/ 'No connection to the server.');
  }
  if (!response.ok) throw new ApiError(response.status === 404 ? 'file_unknown' : 'unavailable', '', response.status);
  const info = (await response.json()) as Attachment & { state?: string; received?: number };
  if (info.state !== undefined && info.state !== 'ready') return undefined;
  const { state: _state, received: _received, ...file } = info;
  return file;
}
