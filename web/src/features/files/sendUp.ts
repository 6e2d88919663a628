import type { Auth } from '@/client/auth';
import { systemClock } from '@/client/clock';
import { ApiError } from '@/client/error';
import type { OutboxFile } from '@/client/outbox_store';
import { infoOf } from './browserCarrier';
import { lookFor } from './carrier';
import { held, setTray, trays } from './tray';
import { uploadTus } from './upload';
import { adoptUrl } from './urls';

export interface SendingUp {
  /** The files' ids, in their order, once all of them are ready. Rejects with ApiError; undefined: it was stopped. */
  done: Promise<string[] | undefined>;
  stop: () => void;
}

/** Brings the files of a tray to the server before there is a message for them, one after the other: what is there stays in
 *  the tray as ready, and is not uploaded twice. `onShare`: how much of all of them is there, from 0 to 1. */
export function sendUp(
  auth: Auth,
  draft: string,
  files: readonly OutboxFile[],
  onShare: (share: number) => void,
): SendingUp {
  let gone = false;
  let halt = (): void => {};
  const whole = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const one = async (file: OutboxFile): Promise<string | undefined> => {
    if (file.ready !== undefined) return file.ready.id;
    const blob = held.get(file.key);
    if (blob === undefined)
      throw new ApiError('file_unknown', /*i18n*/ 'A file is not on this device any more. Attach it again.');
    let url = file.url;
    const upload = uploadTus(auth, file, blob, {
      onUrl: (at) => {
        url = at;
      },
      onProgress: (share) => onShare((before + share * file.size) / whole),
    });
    const stopped = new Promise<undefined>((resolve) => {
      halt = () => {
        upload.stop(false);
        resolve(undefined);
      };
    });
    const id = await Promise.race([stopped, upload.done]);
    const ready =
      id === undefined
        ? undefined
        : await lookFor(id, { clock: systemClock, info: (at) => infoOf(auth, at) }, () => gone);
    if (ready === undefined) return undefined;
    adoptUrl(file.key, ready.id);
    const now = trays.get().get(draft) ?? [];
    setTray(
      draft,
      now.map((each) => (each.key === file.key ? { ...each, ready, ...(url === undefined ? {} : { url }) } : each)),
    );
    return ready.id;
  };
  const all = async (): Promise<string[] | undefined> => {
    const ids: string[] = [];
    for (const file of files) {
      const id = gone ? undefined : await one(file);
      if (id === undefined) return undefined;
      ids.push(id);
      before += file.size;
      onShare(before / whole);
    }
    return ids;
  };
  return {
    done: all(),
    stop: () => {
      gone = true;
      halt();
    },
  };
}
