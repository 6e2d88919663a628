import { Store } from '@/lib/store';
import type { User } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock } from './clock';

/** Asked together when they come within this time. */
const BATCH_MS = 15;
const MAX_IDS = 100;
const RETRY_MS = 3_000;

/** Every person met so far. Unknown ids are asked for in batches. */
export class People {
  readonly users = new Store<ReadonlyMap<string, User>>(new Map());

  readonly #api: Api;
  readonly #clock: Clock;
  readonly #asked = new Set<string>();
  #wanted: string[] = [];

  constructor(api: Api, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  get(id: string): User | undefined {
    return this.users.get().get(id);
  }

  put(users: readonly User[]): void {
    const now = this.users.get();
    const fresh = users.filter((user) => {
      const known = now.get(user.id);
      return known?.username !== user.username || known.display_name !== user.display_name;
    });
    if (fresh.length === 0) return;
    const next = new Map(now);
    for (const user of fresh) next.set(user.id, user);
    this.users.set(next);
  }

  /** Makes sure that these will be known; asks for each one once. */
  need(ids: Iterable<string>): void {
    for (const id of ids) {
      if (this.#asked.has(id) || this.users.get().has(id)) continue;
      this.#asked.add(id);
      if (this.#wanted.length === 0) this.#clock.after(BATCH_MS, () => this.#flush());
      this.#wanted.push(id);
    }
  }

  #flush(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (let from = 0; from < wanted.length; from += MAX_IDS) void this.#ask(wanted.slice(from, from + MAX_IDS));
  }

  async #ask(ids: string[]): Promise<void> {
    try {
      this.put((await this.#api.call('GET /users', { query: { ids: ids.join(','), limit: ids.length } })).users);
    } catch {
      this.#clock.after(RETRY_MS, () => {
        for (const id of ids) this.#asked.delete(id);
        this.need(ids);
      });
    }
  }
}
