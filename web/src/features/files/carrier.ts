import type { Clock } from '@/client/clock';
import { ApiError, isRetryable } from '@/client/error';
import type { Carrier, Outbox } from '@/client/outbox';
import { isUploading, type OutboxEntry, type OutboxFile } from '@/client/outbox_store';
import type { Attachment } from '@/protocol/ops.gen';
import type { Blobs } from './blobs';
import { held, progress } from './tray';
import { adoptUrl } from './urls';

/** One upload under way. */
export interface Uploading {
  /** The file's id, when all of it is with the server. Rejects with ApiError; never, once it was stopped. */
  done: Promise<string>;
  /** Nothing more is sent; `forget`: the server may forget what it has. */
  stop: (forget: boolean) => void;
}

export interface UploadHooks {
  /** Where it goes on after a reload. */
  onUrl: (url: string) => void;
  /** From 0 to 1. */
  onProgress: (share: number) => void;
}

export type Upload = (file: OutboxFile, blob: Blob, hooks: UploadHooks) => Uploading;

export interface CarrierParts {
  clock: Clock;
  blobs: Blobs;
  upload: Upload;
  /** What the server makes of a file; undefined: it is still looking at it. */
  info: (id: string) => Promise<Attachment | undefined>;
  /** Tells the server that a file, begun or whole, will not be used. */
  forget: (url: string) => void;
}

interface Job {
  outbox: Outbox;
  cmid: string;
  file: OutboxFile;
  upload: Uploading | undefined;
  /** Not wanted any more. */
  gone: boolean;
}

/** More at once would only make each of them slower. */
const AT_ONCE = 2;
/** How soon, and how often, the server is asked whether it has looked at a file. It takes 20 s for it at most. */
const LOOK_BASE_MS = 150;
const LOOK_CAP_MS = 2_000;
const LOOK_WITHIN_MS = 90_000;
/** Bytes that nothing speaks of any more are kept for so long. */
const KEEP_MS = 2 * 24 * 3_600_000;

/** Brings the files of messages to the server, and says in the outbox how far they are. What was begun goes on after a
 *  reload where it stood (docs/media.md). */
export class FileCarrier implements Carrier {
  readonly #parts: CarrierParts;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  #running = 0;
  #swept = false;

  constructor(parts: CarrierParts) {
    this.#parts = parts;
  }

  carry(outbox: Outbox, entry: OutboxEntry): void {
    const { blobs, clock } = this.#parts;
    for (const file of entry.files ?? []) {
      if (file.ready !== undefined) continue;
      this.#stop(file.key, false);
      const blob = held.get(file.key);
      // Where nothing can be kept a reload loses it, and says so then.
      if (blob !== undefined) blobs.put(file.key, blob, clock.now()).catch(() => {});
      const job: Job = { outbox, cmid: entry.cmid, file, upload: undefined, gone: false };
      this.#jobs.set(file.key, job);
      this.#waiting.push(job);
    }
    this.#pump();
    this.#sweep(outbox);
  }

  drop(entry: OutboxEntry): void {
    const stored = entry.state === 'pending' && !isUploading(entry);
    for (const { key, url } of entry.files ?? []) {
      const running = this.#jobs.get(key)?.upload !== undefined;
      this.#stop(key, true);
      if (!running && !stored && url !== undefined) this.#parts.forget(url);
      held.delete(key);
    }
    this.#parts.blobs.remove((entry.files ?? []).map(({ key }) => key)).catch(() => {});
  }

  #pump(): void {
    while (this.#running < AT_ONCE) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      if (job.gone) continue;
      this.#running++;
      void this.#run(job).finally(() => {
        this.#running--;
        this.#pump();
      });
    }
  }

  async #run(job: Job): Promise<void> {
    const { key } = job.file;
    try {
      const blob = held.get(key) ?? (await this.#parts.blobs.get(key));
      if (job.gone) return;
      if (blob === undefined) return this.#fail(job, 'file_lost');
      held.set(key, blob);
      this.#show(key, 0);
      const id = await this.#send(job, blob);
      if (id === undefined) return;
      const ready = await lookFor(id, this.#parts, () => job.gone);
      if (job.gone || ready === undefined) return;
      adoptUrl(key, ready.id);
      this.#end(job);
      job.outbox.noteFile(job.cmid, key, { ready });
    } catch (error) {
      if (!job.gone) this.#fail(job, codeOf(error));
    }
  }

  /** The id; undefined when it was stopped. */
  async #send(job: Job, blob: Blob): Promise<string | undefined> {
    const { cmid, file, outbox } = job;
    const stopped = new Promise<undefined>((resolve) => {
      const upload = this.#parts.upload(file, blob, {
        onUrl: (url) => {
          if (!job.gone) outbox.noteFile(cmid, file.key, { url });
        },
        onProgress: (share) => {
          if (!job.gone) this.#show(file.key, share);
        },
      });
      job.upload = {
        done: upload.done,
        stop: (forget) => {
          upload.stop(forget);
          resolve(undefined);
        },
      };
    });
    return Promise.race([stopped, job.upload?.done]);
  }

  /** One file that cannot come holds back its message: what else belongs to it need not come either, for now. */
  #fail(job: Job, code: string): void {
    for (const other of [...this.#jobs.values()]) if (other.cmid === job.cmid) this.#stop(other.file.key, false);
    job.outbox.fail(job.cmid, code);
  }

  #stop(key: string, forget: boolean): void {
    const job = this.#jobs.get(key);
    if (job === undefined) return;
    job.gone = true;
    job.upload?.stop(forget);
    this.#end(job);
  }

  #end(job: Job): void {
    this.#jobs.delete(job.file.key);
    const next = new Map(progress.get());
    if (next.delete(job.file.key)) progress.set(next);
  }

  #show(key: string, share: number): void {
    progress.set(new Map(progress.get()).set(key, share));
  }

  #sweep(outbox: Outbox): void {
    if (this.#swept) return;
    this.#swept = true;
    const needed = new Set(outbox.entries.get().flatMap((entry) => (entry.files ?? []).map(({ key }) => key)));
    this.#parts.blobs.sweep(this.#parts.clock.now() - KEEP_MS, needed).catch(() => {});
  }
}

/** What cannot be read any more is lost: its author may have moved it meanwhile. */
function codeOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'file_lost';
  return error.code === 'too_large' ? 'file_too_large' : error.code;
}

/** What the server makes of a file that is with it; undefined: it is not wanted any more. */
export async function lookFor(
  id: string,
  { clock, info }: Pick<CarrierParts, 'clock' | 'info'>,
  gone: () => boolean,
): Promise<Attachment | undefined> {
  const end = clock.now() + LOOK_WITHIN_MS;
  for (let wait_ms = LOOK_BASE_MS; !gone(); wait_ms = Math.min(LOOK_CAP_MS, wait_ms * 2)) {
    try {
      const ready = await info(id);
      if (ready !== undefined) return ready;
    } catch (error) {
      if (!(error instanceof ApiError) || !isRetryable(error.code)) throw error;
    }
    if (clock.now() > end) throw new ApiError('timeout', /*i18n*/ 'The server does not come to look at the file.');
    await new Promise<void>((resolve) => clock.after(wait_ms, resolve));
  }
  return undefined;
}
