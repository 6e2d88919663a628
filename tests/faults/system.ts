import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Addresses, PORT, text } from './addresses.ts';
import { Disk } from './disk.ts';
import { Links } from './links.ts';
import { Postgres } from './postgres.ts';
import { Program } from './program.ts';
import type { Address } from './proxy.ts';
import { askRedis } from './redis.ts';
import { until } from './time.ts';

export interface SystemParts {
  /** The checkout. */
  source: string;
  /** Directory of the built programs. */
  bin: string;
  /** The run has a network of its own. */
  own_network: boolean;
  /** Told of everything that must not happen to a process: a death nobody ordered, a sanitizer's report. */
  wrong: (what: string) => void;
}

export const GATEWAYS = ['gateway-0', 'gateway-1'] as const;
export const MSG_SVCS = ['msg-svc-0', 'msg-svc-1'] as const;
/** Our own programs, in the order they are restarted one after another. */
export const SERVICES = ['auth-svc-0', 'presence-svc-0', ...MSG_SVCS, ...GATEWAYS] as const;
export type ServiceName = (typeof SERVICES)[number];

const PREFIX = 'parley-faults-';
const READY_WITHIN_MS = 2_000;
const SANITIZER_LINES = 30;
const SANITIZER_WORDS = { ASAN_OPTIONS: 'detect_leaks=1:quarantine_size_mb=8', UBSAN_OPTIONS: 'print_stacktrace=1' };

/** The whole real system of one run: processes, the links between them, their data. */
export class System {
  readonly links = new Links();
  readonly disk: Disk;
  readonly postgres: Postgres;
  readonly redis: Address;
  /** Where clients go. */
  readonly origin: string;
  /** Of each gateway itself, past the balancer and every proxy. */
  readonly gateways: string[] = [];

  readonly #parts: SystemParts;
  readonly #dir: string;
  readonly #addresses: Addresses;
  readonly #programs = new Map<string, Program>();
  readonly #reported = new Set<string>();
  readonly #page: Address;

  constructor(parts: SystemParts) {
    this.#parts = parts;
    removeLeftOver();
    this.#dir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    chmodSync(this.#dir, 0o711);
    for (const name of ['log', 'found']) mkdirSync(join(this.#dir, name));
    this.#addresses = new Addresses(parts.own_network);
    this.#page = this.#addresses.take(PORT.page);
    this.origin = `http://${text(this.#page)}`;
    this.redis = this.#addresses.take(PORT.redis);
    this.disk = new Disk(join(this.#dir, 'disk'));
    this.postgres = new Postgres(this.#addresses.take(PORT.postgres), this.disk.dir, parts.source);
  }

  async start(): Promise<void> {
    await this.#startStores();
    for (const name of ['auth-svc-0', 'presence-svc-0', ...MSG_SVCS]) await this.#addService(name, {});
    const servers: string[] = [];
    for (const name of GATEWAYS) servers.push(await this.#addGateway(name));
    // The balancer takes a gateway for whole until its first look at it.
    for (const program of this.#programs.values()) await program.untilReady();
    await this.#addBalancer(servers);
    for (const program of this.#programs.values()) await program.untilReady();
  }

  program(name: string): Program {
    const found = this.#programs.get(name);
    if (found === undefined) throw new Error(`there is no process ${name}`);
    return found;
  }

  programs(): Program[] {
    return [...this.#programs.values()];
  }

  /** Asks Redis itself, past every proxy. */
  askRedis(...words: (string | number)[]): Promise<string> {
    return askRedis(this.redis, ...words);
  }

  /** Arms a failpoint of one process (common/failpoint.h). */
  arm(program: string, failpoint: string, what: string): void {
    // Renamed when complete: the process may look at any moment.
    const path = this.#failpointFile(program, failpoint);
    writeFileSync(`${path}.new`, what);
    execFileSync('mv', [`${path}.new`, path]);
  }

  isArmed(program: string, failpoint: string): boolean {
    return existsSync(this.#failpointFile(program, failpoint));
  }

  disarm(program: string, failpoint: string): void {
    rmSync(this.#failpointFile(program, failpoint), { force: true });
  }

  /** How long every flush of PostgreSQL to its disk takes longer. */
  slowFsync(ms: number): void {
    writeFileSync(this.#file('slow-fsync'), String(ms));
  }

  /** Tells of every sanitizer's report that was not told of yet. */
  lookForReports(): void {
    for (const name of readdirSync(this.#file('found'))) {
      if (this.#reported.has(name)) continue;
      this.#reported.add(name);
      const said = readFileSync(join(this.#file('found'), name), 'utf8').split('\n');
      this.#parts.wrong(`a sanitizer found something: ${name}\n${said.slice(0, SANITIZER_LINES).join('\n')}`);
    }
  }

  /** Ends everything as an operator would, clients gone first; what does not end cleanly is told of. */
  async stop(): Promise<void> {
    await Promise.all(SERVICES.map((name) => this.#programs.get(name)?.stop('SIGTERM')));
    await Promise.all(['haproxy', 'redis', 'postgres'].map((name) => this.#programs.get(name)?.stop('SIGINT')));
    this.lookForReports();
  }

  /** What the processes said and what sanitizers found, for people. */
  keepLogs(into: string): void {
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into, { recursive: true });
    for (const dir of ['log', 'found']) {
      for (const name of readdirSync(this.#file(dir))) copyFileSync(join(this.#file(dir), name), join(into, name));
    }
  }

  /** At once: nothing of the run is left, processes or files. May be called at any time, and again. */
  destroy(): void {
    for (const program of this.#programs.values()) program.destroy();
    this.postgres.destroy();
    this.links.destroy();
    if (!existsSync(this.#dir)) return;
    this.disk.remove();
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 10 });
  }

  #file(name: string): string {
    return join(this.#dir, name);
  }

  #failpointFile(program: string, failpoint: string): string {
    return join(this.#dir, `fail-${program}`, failpoint);
  }

  #add(name: string, command: string[], env: Record<string, string>, ready: () => Promise<boolean>): Program {
    const log = this.#file(join('log', name));
    const may_fail_to_start = name === 'postgres';
    const program = new Program({ name, command, env, log, ready, may_fail_to_start, died: this.#parts.wrong });
    this.#programs.set(name, program);
    program.start();
    return program;
  }

  async #startStores(): Promise<void> {
    this.postgres.make();
    const shim = this.#file('slow_fsync.so');
    const source = join(this.#parts.source, 'tests/faults/slow_fsync.c');
    execFileSync('cc', ['-D_GNU_SOURCE', '-O1', '-shared', '-fPIC', '-o', shim, source], { stdio: 'inherit' });
    this.slowFsync(0);
    const env = { LD_PRELOAD: shim, SLOW_FSYNC_FILE: this.#file('slow-fsync') };
    await this.#add('postgres', this.postgres.command, env, () => this.postgres.accepts()).untilReady();
    await this.postgres.migrate();
    const { host, port } = this.redis;
    // The package redis-tools alone brings the whole server: one program that looks at the name it was called by.
    const program = this.#file('redis-server');
    const words = ['--port', String(port), '--bind', host, '--save', '', '--appendonly', 'no'];
    const bounds = ['--maxmemory-policy', 'noeviction', '--client-output-buffer-limit', 'pubsub 32mb 8mb 60'];
    execFileSync('sh', ['-c', 'ln -s "$(command -v redis-server || command -v redis-check-rdb)" "$0"', program]);
    const pong = async (): Promise<boolean> => (await this.askRedis('PING')) === '+PONG\r\n';
    await this.#add('redis', [program, ...words, ...bounds], {}, pong).untilReady();
  }

  /** A proxy between two processes; where the one that connects has to go. */
  async #link(from: string, to: string, target: Address): Promise<string> {
    const at = this.#addresses.take(target.port);
    await this.links.open(`${from}>${to}`, at, target);
    return text(at);
  }

  async #addService(name: string, more: Record<string, string>): Promise<void> {
    const kind = name.replace(/-\d+$/, '');
    const admin = this.#addresses.take(PORT.admin);
    mkdirSync(this.#file(`fail-${name}`));
    const env: Record<string, string> = {
      ...more,
      PARLEY_ADMIN_LISTEN: text(admin),
      PARLEY_REDIS_URL: `redis://${await this.#link(name, 'redis', this.redis)}`,
      PARLEY_FAILPOINT_DIR: this.#file(`fail-${name}`),
      PARLEY_DRAIN_MS: '3000',
    };
    for (const [key, words] of Object.entries(SANITIZER_WORDS)) {
      env[key] = `${words}:log_path=${this.#file(`found/${name}.${key.slice(0, 4).toLowerCase()}`)}`;
    }
    if (kind === 'auth-svc' || kind === 'msg-svc') {
      const role = kind === 'auth-svc' ? 'auth' : 'msg';
      const at = await this.#link(name, 'postgres', this.postgres.at);
      env[`PARLEY_${role.toUpperCase()}_DATABASE_URL`] = `postgresql://parley_${role}@${at}/parley`;
    }
    if (kind === 'auth-svc') {
      env.PARLEY_KEY_SECRET = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
      env.PARLEY_REGISTER_PER_ADDRESS = '100000';
      env.PARLEY_LOGIN_TRIES_PER_ADDRESS = '100000';
    }
    this.#add(name, [join(this.#parts.bin, `parley-${kind}`)], env, () => answers(`http://${text(admin)}/readyz`));
  }

  /** Its line in the balancer's configuration. */
  async #addGateway(name: string): Promise<string> {
    const at = this.#addresses.take(PORT.gateway);
    this.gateways.push(`http://${text(at)}`);
    await this.#addService(name, { PARLEY_LISTEN: text(at), PARLEY_RATE_PERCENT: '10000' });
    return `    server ${name} ${await this.#link('haproxy', name, at)}\n`;
  }

  async #addBalancer(servers: string[]): Promise<void> {
    const at = this.#addresses.take(PORT.page);
    const admin = this.#addresses.take(PORT.balancer_admin);
    const list = servers.join('');
    writeFileSync(
      this.#file('gateways.cfg'),
      `backend gateways\n    balance leastconn\n${list}backend pages\n    balance roundrobin\n${list}backend media\n`,
    );
    const env = {
      PARLEY_BALANCER_BIND: text(at),
      PARLEY_BALANCER_ADMIN: text(admin),
      PARLEY_BALANCER_TLS: '',
      PARLEY_BALANCER_MAXCONN: '2000',
    };
    const config = join(this.#parts.source, 'deploy/haproxy.cfg');
    const command = ['haproxy', '-db', '-f', config, '-f', this.#file('gateways.cfg')];
    this.#add('haproxy', command, env, () => answers(`http://${text(admin)}/readyz`));
    await this.links.open('clients', this.#page, at);
  }

  /** Until every process serves, for what is to be told from a system that is whole. */
  async untilWhole(within_ms: number): Promise<void> {
    const all = this.programs().map((program) => until(`${program.name} is ready`, within_ms, () => program.ready()));
    await Promise.all(all);
  }
}

/** A run that was killed leaves its directory behind: the name tells whose it was. */
function removeLeftOver(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(owner) || existsSync(`/proc/${owner}`)) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(READY_WITHIN_MS) })).status === 200;
}
