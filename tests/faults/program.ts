import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { now, sleep, until } from './time.ts';

export interface ProgramParts {
  name: string;
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  /** File that takes what it says. */
  log: string;
  /** True when it serves. */
  ready: () => Promise<boolean>;
  /** It may end at its start, because what an earlier one left is still there for a moment; it is then started again. */
  may_fail_to_start?: boolean;
  /** Told once for every death that nobody ordered. */
  died: (what: string) => void;
}

const RESTART_AFTER_MS = 200;
const READY_WITHIN_MS = 60_000;
const LAST_WORDS = 25;

/** One process of the system under test, started again after every death as a supervisor would. A death that was not
 *  ordered here is a finding. */
export class Program {
  readonly name: string;
  /** How often it was started after a death. */
  restarts = 0;
  readonly #parts: ProgramParts;
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #expecting = false;
  #clean = false;
  #held = false;
  #may_die = false;
  #stopping = false;
  #started_at = 0;

  constructor(parts: ProgramParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  /** Undefined while it is dead. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    if (this.#child !== undefined || this.#held) return;
    const log = openSync(this.#parts.log, 'a', 0o600);
    const command = ['setpriv', '--pdeathsig', 'KILL', ...this.#parts.command];
    const child = spawn(command[0] ?? '', command.slice(1), {
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...this.#parts.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    this.#started_at = now();
    this.#gone = new Promise((resolve) => {
      child.once('error', (error) => this.#ended(`${error}`, false, resolve));
      child.once('exit', (code, signal) => this.#ended(signal ?? `exit code ${code}`, code === 0, resolve));
    });
  }

  ready(): Promise<boolean> {
    return this.pid === undefined ? Promise.resolve(false) : this.#parts.ready();
  }

  untilReady(): Promise<void> {
    return until(`${this.name} is ready`, READY_WITHIN_MS, () => this.ready());
  }

  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    if (this.#child === undefined) throw new Error(`${this.name} is not running`);
    this.#child.kill(signal);
  }

  /** Ends it and waits until it is gone. It comes back by itself unless it is held. SIGTERM must end it cleanly. */
  async kill(signal: NodeJS.Signals, within_ms = 15_000): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#expecting = true;
    this.#clean = signal === 'SIGTERM';
    child.kill(signal);
    const late = await Promise.race([this.#gone.then(() => false), sleep(within_ms).then(() => true)]);
    if (!late) return;
    this.#parts.died(`${this.name} does not end within ${within_ms} ms of ${signal}`);
    this.#clean = false;
    child.kill('SIGKILL');
    await this.#gone;
  }

  /** The next death is ours: a failpoint is armed. */
  expectDeath(): void {
    this.#expecting = true;
  }

  /** It did not come, and is not wanted any more. */
  expectNoDeath(): void {
    this.#expecting = false;
  }

  /** While this is said it may die, as often as it likes. */
  mayDie(may: boolean): void {
    this.#may_die = may;
  }

  /** From now on it stays dead when it dies, until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (this.#child !== undefined || this.#stopping) return;
    this.restarts++;
    this.start();
  }

  /** Ends it for good. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#stopping = true;
    if (this.#child !== undefined) this.#child.kill('SIGCONT');
    await this.kill(signal);
  }

  /** At once and without waiting: the suite itself is ending. */
  destroy(): void {
    this.#stopping = true;
    this.#child?.kill('SIGKILL');
  }

  lastWords(): string {
    return readFileSync(this.#parts.log, 'utf8').split('\n').slice(-LAST_WORDS).join('\n');
  }

  #ended(how: string, clean: boolean, resolve: () => void): void {
    const failed_start = this.#parts.may_fail_to_start === true && now() - this.#started_at < 5_000;
    const wrong = this.#expecting ? this.#clean && !clean : !failed_start && !this.#stopping && !this.#may_die;
    this.#child = undefined;
    this.#expecting = false;
    this.#clean = false;
    if (wrong) this.#parts.died(`${this.name} ended: ${how}\n${this.lastWords()}`);
    resolve();
    if (this.#stopping || this.#held) return;
    setTimeout(() => {
      if (this.#child !== undefined || this.#held || this.#stopping) return;
      this.restarts++;
      this.start();
    }, RESTART_AFTER_MS);
  }
}
