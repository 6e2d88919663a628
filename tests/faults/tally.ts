import type { HistoryLine, Recorder } from './history.ts';
import { now } from './time.ts';

export interface Span {
  name: string;
  begin: number;
  healed: number;
  recovered: number;
}

/** Passes the record on and keeps what the report shows of it: how many were sent and acknowledged each second, which
 *  fault was on when, and how the pings went since a moment. */
export class Tally implements Recorder {
  readonly sent: number[] = [];
  readonly acked: number[] = [];
  readonly spans: Span[] = [];
  #pinged = new Map<string, number>();
  readonly #into: Recorder;

  constructor(into: Recorder) {
    this.#into = into;
  }

  put(line: HistoryLine): void {
    this.#into.put(line);
    if (line.e === 'invoke') this.#count(this.sent);
    else if (line.e === 'ok') this.#count(this.acked);
    else if (line.e === 'ping') this.#pinged.set(line.c, Math.max(line.ms, this.#pinged.get(line.c) ?? 0));
    else if (line.e === 'fault') this.#phase(line.name, line.phase, line.at);
  }

  /** From here on the worst ping of each client is kept anew. */
  forgetPings(): void {
    this.#pinged = new Map();
  }

  /** The worst answer to a ping of each client that had one, in ms. */
  get pinged(): ReadonlyMap<string, number> {
    return this.#pinged;
  }

  #count(seconds: number[]): void {
    const second = Math.floor(now() / 1000);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }

  #phase(name: string, phase: 'begin' | 'healed' | 'recovered', at: number): void {
    if (phase === 'begin') {
      this.spans.push({ name, begin: at, healed: Number.NaN, recovered: Number.NaN });
      return;
    }
    const span = this.spans.findLast((one) => one.name === name);
    if (span !== undefined) span[phase] = at;
  }
}
