import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Address } from './proxy.ts';

const run = promisify(execFile);
const SQL_WITHIN_MS = 20_000;
const ANSWER_BYTES = 256 << 20;

/** The words that turn root into a user PostgreSQL agrees to run as; none for other people. */
function lessThanRoot(): { words: string[]; owner: string | undefined } {
  if (process.getuid?.() !== 0) return { words: [], owner: undefined };
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const known = users.map((line) => line.split(':'));
  const found = ['postgres', '_parley', 'nobody'].flatMap((name) => known.filter((user) => user[0] === name))[0];
  const [name = '', , uid = '', gid = ''] = found ?? [];
  if (name === '') throw new Error('PostgreSQL does not run as root, and there is no user to run it as.');
  return { words: ['--reuid', uid, '--regid', gid, '--clear-groups'], owner: `${uid}:${gid}` };
}

/** The programs of PostgreSQL and one cluster, made for this run. That its server runs is a Program's business. */
export class Postgres {
  readonly at: Address;
  readonly data: string;
  readonly #bin: string;
  readonly #user = lessThanRoot();
  readonly #source: string;
  readonly #sessions = new Set<ChildProcess>();

  /** `dir` is on the disk that `data` shall be on. */
  constructor(at: Address, dir: string, source: string) {
    this.at = at;
    this.data = join(dir, 'data');
    this.#source = source;
    const found = globSync('/usr/lib/postgresql/*/bin/initdb').map((path) => path.replace(/\/initdb$/, ''));
    found.sort((a, b) => Number(/\d+/.exec(b)) - Number(/\d+/.exec(a)));
    if (found[0] === undefined)
      throw new Error('No PostgreSQL in /usr/lib/postgresql: install the package postgresql.');
    this.#bin = found[0];
    if (this.#user.owner !== undefined) execFileSync('chown', [this.#user.owner, dir]);
  }

  get command(): string[] {
    return [...this.#user.words, join(this.#bin, 'postgres'), '-D', this.data];
  }

  /** Makes the cluster; it does not run yet. */
  make(): void {
    const words = ['-D', this.data, '-U', 'parley', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'];
    execFileSync('setpriv', [...this.#user.words, '--', join(this.#bin, 'initdb'), ...words, '--wal-segsize=1'], {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const settings = [
      `listen_addresses = '${this.at.host}'`,
      `port = ${this.at.port}`,
      "unix_socket_directories = ''",
      'max_connections = 100',
      'shared_buffers = 32MB',
      'max_wal_size = 64MB',
      'checkpoint_timeout = 30s',
      'dynamic_shared_memory_type = mmap',
      "log_line_prefix = '%m [%p] %q%u '",
    ];
    writeFileSync(join(this.data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    writeFileSync(join(this.data, 'pg_hba.conf'), 'host all all 127.0.0.0/8 trust\n');
  }

  async accepts(): Promise<boolean> {
    await run(join(this.#bin, 'pg_isready'), ['-h', this.at.host, '-p', String(this.at.port), '-t', '2']);
    return true;
  }

  /** Applies the migrations to a database of their own and gives the services' roles a login. */
  async migrate(): Promise<void> {
    await this.sql('CREATE DATABASE parley', 'postgres');
    const dir = join(this.#source, 'deploy/sql');
    const files = readdirSync(dir).filter((name) => /^\d+.*\.sql$/.test(name) && !name.endsWith('.down.sql'));
    for (const name of files.sort()) await this.#psql('parley', ['-1', '-f', join(dir, name)]);
    await this.sql('ALTER ROLE parley_auth LOGIN; ALTER ROLE parley_msg LOGIN; ALTER ROLE parley_media LOGIN');
  }

  /** Runs SQL as the owner; what it printed, unaligned, without the last newline. */
  async sql(text: string, database = 'parley'): Promise<string> {
    return this.#psql(database, ['-c', text]);
  }

  async #psql(database: string, words: string[]): Promise<string> {
    const { stdout } = await run(this.#program('psql'), [...this.#asOwner(database), ...words], {
      timeout: SQL_WITHIN_MS,
      maxBuffer: ANSWER_BYTES,
      env: { PATH: process.env.PATH, PGCONNECT_TIMEOUT: '5' },
    });
    return stdout.replace(/\n$/, '');
  }

  /** SQL of a schema and all that is in it, as of now. */
  async dump(schema: string): Promise<string> {
    const where = ['-h', this.at.host, '-p', String(this.at.port), '-U', 'parley'];
    const words = [...where, '-n', schema, 'parley'];
    return (await run(this.#program('pg_dump'), words, { timeout: SQL_WITHIN_MS, maxBuffer: ANSWER_BYTES })).stdout;
  }

  /** A session that stays: what it is given runs in it, in turn. */
  session(): Session {
    const child = spawn(this.#program('psql'), this.#asOwner('parley'), { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#sessions.add(child);
    child.once('exit', () => this.#sessions.delete(child));
    return new Session(child);
  }

  destroy(): void {
    for (const child of this.#sessions) child.kill('SIGKILL');
  }

  #program(name: string): string {
    return join(this.#bin, name);
  }

  #asOwner(database: string): string[] {
    const url = `postgresql://parley@${this.at.host}:${this.at.port}/${database}`;
    return ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', url];
  }
}

/** An open psql. */
export class Session {
  readonly #child: ChildProcess;
  #said = '';
  #complained = '';
  #marks = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
      this.#child.emit('said');
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complained += text;
    });
    child.stdin?.on('error', () => {});
  }

  /** Resolves with what it printed when the text has run; rejects when the session ended over it, or too late. */
  do(text: string, within_ms = SQL_WITHIN_MS): Promise<string> {
    const mark = `done-${++this.#marks}\n`;
    return new Promise((resolve, reject) => {
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        this.#child.off('said', look);
        this.#child.off('exit', gone);
        if (error !== undefined) return reject(error);
        const said = this.#said.slice(0, this.#said.indexOf(mark));
        this.#said = '';
        resolve(said.trim());
      };
      const look = (): void => {
        if (this.#said.includes(mark)) finish();
      };
      const gone = (): void => finish(new Error(`psql ended: ${this.#complained.trim()}`));
      const timer = setTimeout(() => finish(new Error(`psql: not within ${within_ms} ms`)), within_ms);
      this.#child.on('said', look);
      this.#child.on('exit', gone);
      this.#child.stdin?.write(`${text}\n\\echo ${mark}`);
    });
  }

  /** Takes back what it had begun. */
  end(): void {
    this.#child.kill('SIGKILL');
  }
}
