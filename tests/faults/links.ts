import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Address, LinkStats, Mode } from './proxy.ts';
import type { Answer, Order } from './proxy_process.ts';

/** The links between the processes of a run: the remote control of the proxy process. */
export class Links {
  readonly #child: ChildProcess;
  readonly #names: string[] = [];
  readonly #open = new Map<number, { done: (answer: Answer) => void; failed: (error: Error) => void }>();
  #next = 0;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./proxy_process.ts', import.meta.url)), { serialization: 'advanced' });
    this.#child.on('message', (answer: Answer) => {
      this.#open.get(answer.id)?.done(answer);
      this.#open.delete(answer.id);
    });
    this.#child.on('exit', () => {
      for (const one of this.#open.values()) one.failed(new Error('the proxy process is gone'));
      this.#open.clear();
    });
  }

  async open(link: string, at: Address, to: Address): Promise<void> {
    await this.#ask({ do: 'open', link, at, to });
    this.#names.push(link);
  }

  async set(link: string, mode: Mode): Promise<void> {
    await this.#ask({ do: 'set', link, mode });
  }

  async cut(link: string, share = 1): Promise<void> {
    await this.#ask({ do: 'cut', link, share });
  }

  /** Everything passes again. */
  async pass(link: string): Promise<void> {
    await this.set(link, {});
  }

  async stats(): Promise<Record<string, LinkStats>> {
    return (await this.#ask({ do: 'stats' })).stats ?? {};
  }

  /** Names of the links that begin and end like this: `msg-svc-0>redis`, `clients`. */
  named(pattern: RegExp): string[] {
    return this.#names.filter((name) => pattern.test(name));
  }

  destroy(): void {
    this.#child.kill('SIGKILL');
  }

  #ask(order: Order): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const done = (answer: Answer): void =>
        answer.error === undefined ? resolve(answer) : reject(new Error(answer.error));
      this.#open.set(id, { done, failed: reject });
      this.#child.send({ id, order });
    });
  }
}
