import { i18n } from '@lingui/core';
import type { Auth } from '@/client/auth';
import { systemClock } from '@/client/clock';
import { ApiError } from '@/client/error';
import { uuid } from '@/lib/uuid';
import type { Attachment } from '@/protocol/ops.gen';
import { infoOf } from '../files/browserCarrier';
import { uploadTus } from '../files/upload';

const WITHIN_MS = 60_000;
const LOOK_MS = 200;

/** Uploads a small picture that is not for a message; what the server makes of it. Throws ApiError. */
export async function sendPicture(auth: Auth, blob: Blob, name: string): Promise<Attachment> {
  const end = systemClock.now() + WITHIN_MS;
  const file = { key: uuid(), name, size: blob.size, type: blob.type };
  const upload = uploadTus(auth, file, blob, { onUrl: () => {}, onProgress: () => {} });
  let late: ReturnType<typeof setTimeout> | undefined;
  const given_up = new Promise<never>((_, reject) => {
    late = setTimeout(() => {
      upload.stop(true);
      reject(tooLate());
    }, WITHIN_MS);
  });
  try {
    const id = await Promise.race([upload.done, given_up]);
    while (systemClock.now() < end) {
      const ready = await infoOf(auth, id);
      if (ready !== undefined) return ready;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw tooLate();
  } finally {
    clearTimeout(late);
  }
}

function tooLate(): ApiError {
  return new ApiError('timeout', i18n.t('The picture did not reach the server in time. Try again.'));
}
