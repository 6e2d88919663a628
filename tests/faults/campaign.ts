import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Fault, Heal, Scene } from './faults/fault.ts';
import type { Random } from './random.ts';
import type { System } from './system.ts';
import type { Span, Tally } from './tally.ts';
import { now, sleep } from './time.ts';
import type { Watch } from './watch.ts';

/** One fault, or some at once, and what came of it. */
export interface Trial {
  name: string;
  /** What chance chose. */
  notes: string[];
  /** What must not have happened. */
  problems: string[];
  /** Why it could not be tried. */
  left_out?: string;
  /** From the end of the cause until sends succeeded and all views were whole. */
  recovered_ms: number;
  /** Processes that were started again. */
  restarts: number;
  worst_ping_ms: number;
  /** When each of the faults was on. */
  spans: readonly Span[];
}

/** Resolves with how long it took until every view was whole and every outbox empty; rejects when it did not within. */
export type Settle = (within_ms: number) => Promise<number>;

/** The promise (I9, I14); what takes longer is waited for all the same, so that the next fault meets a whole system. */
export const RECOVERS_WITHIN_MS = 10_000;
const WAIT_FOR_MS = 60_000;
/** While Redis stands still, a gateway answers its clients. */
const PING_WITHIN_MS = 1_000;
const MANY_AT_ONCE = 3;
const REST_MS = 300;
/** Of the suite's own event loop. Where the machine has no time for the suite, what takes long may not be the system's. */
const LATE_MS = 500;

export class Campaign {
  readonly trials: Trial[] = [];
  readonly #system: System;
  readonly #settle: Settle;
  readonly #tally: Tally;
  readonly #watch: Watch;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  /** What must not happen, as it happens; while a trial is on, it is the trial's. */
  readonly #wrongs: string[];

  constructor(system: System, settle: Settle, tally: Tally, watch: Watch, wrongs: string[]) {
    this.#wrongs = wrongs;
    this.#delay.enable();
    this.#system = system;
    this.#settle = settle;
    this.#tally = tally;
    this.#watch = watch;
  }

  /** Breaks something for so long, mends it, and waits until all is well again. */
  async try(faults: readonly Fault[], random: Random, lasts_ms: number): Promise<Trial> {
    const name = faults.map((one) => one.name).join(' + ');
    const trial: Trial = {
      name,
      notes: [],
      problems: [],
      recovered_ms: Number.NaN,
      restarts: 0,
      worst_ping_ms: 0,
      spans: [],
    };
    this.trials.push(trial);
    const why = faults.map((one) => one.impossible?.(this.#system)).find((one) => one !== undefined);
    if (why !== undefined) {
      trial.left_out = why;
      return trial;
    }
    const restarts = this.#restarts();
    const spans = this.#tally.spans.length;
    this.#tally.forgetPings();
    this.#delay.reset();
    await this.#breakAndMend(faults, random, lasts_ms, trial.notes);
    await this.#recover(faults, trial);
    for (const hurry of await this.#watch.hurried()) this.#wrongs.push(`tried without a pause: ${hurry}`);
    for (const left of await this.#watch.leftOver()) this.#wrongs.push(`left over: ${left}`);
    this.#system.lookForReports();
    this.#judgePings(faults, trial);
    const late_ms = this.#delay.max / 1e6;
    if (late_ms > LATE_MS) trial.notes.push(`the suite itself was late by ${seconds(late_ms)}`);
    trial.restarts = this.#restarts() - restarts;
    trial.spans = this.#tally.spans.slice(spans);
    trial.problems = this.#wrongs.splice(0);
    return trial;
  }

  /** Some that do not touch the same. */
  choose(from: readonly Fault[], random: Random): Fault[] {
    const chosen: Fault[] = [];
    const touched = new Set<string>();
    const wanted = random.between(1, MANY_AT_ONCE);
    for (let tries = 0; tries < 20 && chosen.length < wanted; tries++) {
      const one = random.pick(from);
      const alone = one.touches.includes('everything');
      if (one.impossible?.(this.#system) !== undefined || (alone && chosen.length > 0)) continue;
      if (one.touches.some((what) => touched.has(what))) continue;
      chosen.push(one);
      for (const what of one.touches) touched.add(what);
      if (alone) break;
    }
    return chosen;
  }

  async #breakAndMend(faults: readonly Fault[], random: Random, lasts_ms: number, notes: string[]): Promise<void> {
    const heals: Heal[] = [];
    for (const fault of faults) {
      this.#phase([fault], 'begin');
      const wrong = (what: string): number => this.#wrongs.push(what);
      const note = (what: string): number => notes.push(what);
      const alone = faults.length === 1;
      const scene: Scene = { system: this.#system, random: random.fork(), record: this.#tally, alone, note, wrong };
      await this.#attempt(`${fault.name} could not be injected`, async () => {
        heals.push(await fault.inject(scene));
      });
    }
    await sleep(lasts_ms);
    for (const heal of heals) await this.#attempt('a fault could not be healed', heal);
    this.#phase(faults, 'healed');
  }

  async #recover(faults: readonly Fault[], trial: Trial): Promise<void> {
    const begin = now();
    try {
      await this.#system.untilWhole(WAIT_FOR_MS);
      await this.#settle(WAIT_FOR_MS);
      trial.recovered_ms = now() - begin;
      this.#phase(faults, 'recovered');
      if (trial.recovered_ms > RECOVERS_WITHIN_MS)
        this.#wrongs.push(`all was well again only ${seconds(trial.recovered_ms)} later`);
    } catch (error) {
      this.#wrongs.push(`not well again: ${error instanceof Error ? error.message : error}`);
    }
    // A little load on a whole system, so that the next fault begins with messages under way.
    await sleep(REST_MS);
  }

  #judgePings(faults: readonly Fault[], trial: Trial): void {
    trial.worst_ping_ms = Math.max(0, ...this.#tally.pinged.values());
    if (faults.length > 1 || faults[0]?.name !== 'redis-stop') return;
    const late = [...this.#tally.pinged].filter(([, ms]) => ms > PING_WITHIN_MS);
    if (late.length > 0)
      this.#wrongs.push(`${late.length} clients waited longer than ${PING_WITHIN_MS} ms for an answer to a ping`);
    if (this.#tally.pinged.size === 0) this.#wrongs.push('no ping was answered');
  }

  async #attempt(what: string, fn: () => Promise<void>): Promise<void> {
    try {
      await fn();
    } catch (error) {
      this.#wrongs.push(`${what}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #phase(faults: readonly Fault[], phase: 'begin' | 'healed' | 'recovered'): void {
    for (const { name } of faults) this.#tally.put({ e: 'fault', at: now(), name, phase });
  }

  #restarts(): number {
    return this.#system.programs().reduce((sum, program) => sum + program.restarts, 0);
  }
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
