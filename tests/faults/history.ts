import { hash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** The lines of the record; README.md says what each means. `at` is of time.ts. */
export type HistoryLine =
  | { e: 'run'; at: number; seed: number; commit: string; clients: number; rooms: number }
  | { e: 'fault'; at: number; name: string; phase: 'begin' | 'healed' | 'recovered' }
  | { e: 'invoke'; at: number; c: string; user: string; room: string; cmid: string; digest: string }
  | { e: 'welcome'; at: number; c: string }
  | { e: 'ok'; at: number; c: string; cmid: string; room: string; seq: number }
  | { e: 'fail'; at: number; c: string; cmid: string; code: string }
  | {
      e: 'recv';
      at: number;
      c: string;
      user: string;
      room: string;
      seq: number;
      type: string;
      sender: string;
      digest: string;
      cmid?: string;
    }
  | { e: 'read'; at: number; since: number; c: string; user: string; room: string; via: string; head: number }
  | { e: 'member'; at: number; since: number; user: string; room: string; seq: number; in: boolean }
  | { e: 'try'; at: number; c: string; cmid: string; cseq?: number; cgen?: number }
  | { e: 'nack'; at: number; c: string; cmid: string; code: string; cgen?: number; expected?: number }
  | { e: 'own'; at: number; c: string; user: string; useq: number; type: string; room: string }
  | { e: 'list'; at: number; since: number; c: string; user: string; rooms: string[] }
  | { e: 'view'; at: number; c: string; user: string; room: string; events: ShownEvent[]; pending: string[] }
  | { e: 'log'; at: number; via: string; room: string; head: number; events: LoggedEvent[] }
  | { e: 'ping'; at: number; c: string; ms: number }
  | { e: 'epoch'; at: number; lost: string[]; heads: Record<string, number> };

/** seq, digest */
export type ShownEvent = [number, string];
/** seq, sender, cmid or '', digest */
export type LoggedEvent = [number, string, string, string];

export type LineOf<E extends HistoryLine['e']> = Extract<HistoryLine, { e: E }>;

/** Takes the lines in the order things were seen. */
export interface Recorder {
  put(line: HistoryLine): void;
}

/** What stands for a body in the record. */
export function digestOf(body: string): string {
  return hash('sha256', body, 'hex').slice(0, 16);
}

/** What stands for an event's body: nothing, when it is no message. */
export function digestOfEvent(type: string, body: string): string {
  return type === 'message' ? digestOf(body) : '';
}

const FLUSH_CHARS = 256 * 1024;
const FLUSH_MS = 250;

/** A recorder into a file. Lines are in the file a quarter of a second later, and all of them after `close`. */
export class FileRecorder implements Recorder {
  lines = 0;
  readonly #fd: number;
  readonly #timer: NodeJS.Timeout;
  #waiting = '';

  constructor(path: string) {
    this.#fd = openSync(path, 'w');
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS);
    this.#timer.unref();
  }

  put(line: HistoryLine): void {
    this.lines++;
    this.#waiting += `${JSON.stringify(line)}\n`;
    if (this.#waiting.length >= FLUSH_CHARS) this.#flush();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    closeSync(this.#fd);
  }

  #flush(): void {
    let bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#fd, bytes));
  }
}

const READ_BYTES = 1 << 20;

/** The lines of a file, read as they are asked for; each iteration begins at the first one. A last line that its writer
 *  did not finish is left out. */
export function readHistory(path: string): Iterable<HistoryLine> {
  return { [Symbol.iterator]: () => linesOf(path) };
}

function* linesOf(path: string): Generator<HistoryLine> {
  const fd = openSync(path, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.alloc(READ_BYTES);
    let rest = '';
    for (let n = readSync(fd, chunk); n > 0; n = readSync(fd, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, n))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as HistoryLine;
    }
  } finally {
    closeSync(fd);
  }
}
