import { readdirSync, readFileSync } from 'node:fs';
import type { LinkStats } from './proxy.ts';
import { SERVICES, type System } from './system.ts';
import { now, sleep } from './time.ts';

const PAGE_KB = 4;
const SAMPLE_EVERY_MS = 500;
const BACK_WITHIN_MS = 6_000;
/** Connections tried on one link, a second: beyond it somebody tries without a pause. */
export const ATTEMPTS_PER_S = 10;

/** What may be left of a fault. A gateway that took over from the other has all clients; so gateways count together. */
export const TOLERANCE = { rss_factor: 1.5, rss_mb: 64, files: 48 };

export interface Sample {
  at: number;
  rss_mb: Record<string, number>;
  files: Record<string, number>;
}

/** Memory and files of our processes over a run, and the connections they try. Says what does not come back. */
export class Watch {
  readonly samples: Sample[] = [];
  readonly #system: System;
  readonly #timer: NodeJS.Timeout;
  #base: Sample = { at: 0, rss_mb: {}, files: {} };

  constructor(system: System) {
    this.#system = system;
    this.#timer = setInterval(() => this.samples.push(this.#look()), SAMPLE_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What is here now is what there has to be later. */
  async setBase(): Promise<void> {
    this.#base = this.#look();
    await this.#system.links.stats();
  }

  /** What is not as it was, when it does not become so soon. */
  async leftOver(): Promise<string[]> {
    const deadline = now() + BACK_WITHIN_MS;
    for (;;) {
      const found = this.#differences(this.#look());
      if (found.length === 0 || now() > deadline) return found;
      await sleep(SAMPLE_EVERY_MS);
    }
  }

  /** Links on which a process of ours tried more often than a pause between two tries allows, since the last call. */
  async hurried(): Promise<string[]> {
    const stats = Object.entries(await this.#system.links.stats());
    return stats.filter(([name, one]) => ours(name) && one.most_per_s > ATTEMPTS_PER_S).map(hurry);
  }

  #look(): Sample {
    const sample: Sample = { at: now(), rss_mb: {}, files: {} };
    for (const name of SERVICES) {
      const pid = this.#system.program(name).pid;
      const seen = pid === undefined ? undefined : look(pid);
      if (seen === undefined) continue;
      sample.rss_mb[name] = seen.rss_mb;
      const kind = name.replace(/-\d+$/, '');
      sample.files[kind] = (sample.files[kind] ?? 0) + seen.files;
    }
    return sample;
  }

  #differences(sample: Sample): string[] {
    const found: string[] = [];
    for (const [name, mb] of Object.entries(sample.rss_mb)) {
      const most = (this.#base.rss_mb[name] ?? 0) * TOLERANCE.rss_factor + TOLERANCE.rss_mb;
      if (mb > most) found.push(`${name} holds ${mb.toFixed(0)} MB, more than ${most.toFixed(0)}`);
    }
    for (const [kind, files] of Object.entries(sample.files)) {
      const most = (this.#base.files[kind] ?? 0) + TOLERANCE.files;
      if (files > most) found.push(`${kind} holds ${files} files, more than ${most}`);
    }
    return found;
  }
}

const ours = (link: string): boolean => SERVICES.some((name) => link.startsWith(`${name}>`));
const hurry = ([name, { most_per_s }]: [string, LinkStats]): string => `${name}: ${most_per_s} connections in a second`;

/** Undefined: the process has just ended. */
function look(pid: number): { rss_mb: number; files: number } | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return { rss_mb: (pages * PAGE_KB) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}
