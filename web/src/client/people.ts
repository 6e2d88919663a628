import { Store } from '@/lib/store';
import type { Presence, User } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock } from './clock';

/** Asked together when they come within this time. */
const BATCH_MS = 15;
const MAX_IDS = 100;
const RETRY_MS = 3_000;

/** Every person met so far. Unknown ids are asked for in batches; so is whoever changed, as presence tells by versions. */
export class People {
  readonly users = new Store<ReadonlyMap<string, User>>(new Map());

  readonly #api: Api;
  readonly #clock: Clock;
  /** Asked for and not answered: under way, or not there any more. */
  readonly #asked = new Set<string>();
  #wanted = new Set<string>();

  constructor(api: Api, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  get(id: string): User | undefined {
    return this.users.get().get(id);
  }

  put(users: readonly User[]): void {
    const now = this.users.get();
    const fresh: User[] = [];
    for (const user of users) {
      const known = now.get(user.id);
      const next = newer(known, user);
      if (next !== known && next !== undefined) fresh.push(next);
      // Told by a list of rooms, which has no versions: it may be news, or older than what is known.
      else if (user.version === undefined && isRenamed(known, user)) this.#want(user.id);
    }
    if (fresh.length === 0) return;
    const next = new Map(now);
    for (const user of fresh) next.set(user.id, user);
    this.users.set(next);
  }

  /** Makes sure that these will be known, with all that lists tell of a person; asks for each one once. */
  need(ids: Iterable<string>): void {
    for (const id of ids) {
      if (this.#asked.has(id) || this.#isGood(this.get(id))) continue;
      this.#want(id);
    }
  }

  /** Versions, as presence tells them: of whom an older one is held is asked for again. */
  heard(list: readonly Presence[]): void {
    for (const { user, profile } of list) {
      const known = this.get(user);
      if (known !== undefined && profile !== undefined && profile > (known.version ?? 0)) this.#want(user);
    }
  }

  #isGood(user: User | undefined): boolean {
    if (user?.version === undefined) return false;
    // Of times of quiet only the next one is told; behind it another may follow.
    return user.dnd === undefined || user.dnd.until > this.#clock.now();
  }

  #want(id: string): void {
    if (this.#wanted.size === 0) this.#clock.after(BATCH_MS, () => this.#flush());
    this.#wanted.add(id);
    this.#asked.add(id);
  }

  #flush(): void {
    const wanted = [...this.#wanted];
    this.#wanted = new Set();
    for (let from = 0; from < wanted.length; from += MAX_IDS) void this.#ask(wanted.slice(from, from + MAX_IDS));
  }

  async #ask(ids: string[]): Promise<void> {
    try {
      const { users } = await this.#api.call('GET /users', { query: { ids: ids.join(','), limit: ids.length } });
      for (const user of users) this.#asked.delete(user.id);
      this.put(users);
    } catch {
      this.#clock.after(RETRY_MS, () => {
        for (const id of ids) this.#want(id);
      });
    }
  }
}

/** What is to be held after `user` was heard; `known` itself when that is no news. */
function newer(known: User | undefined, user: User): User | undefined {
  if (known?.version === undefined) {
    if (known === undefined || user.version !== undefined || isRenamed(known, user)) return user;
    return known;
  }
  if (user.version === undefined || user.version < known.version) return known;
  // Lists leave out what a profile says; of the same version it still holds.
  const whole =
    user.about === undefined && user.version === known.version && known.about !== undefined
      ? { ...user, about: known.about, ...(known.time_zone === undefined ? {} : { time_zone: known.time_zone }) }
      : user;
  return isSame(known, whole) ? known : whole;
}

function isRenamed(known: User | undefined, user: User): boolean {
  return known?.username !== user.username || known.display_name !== user.display_name;
}

/** Of one version only what passes with time can differ, and how much was told. */
function isSame(a: User, b: User): boolean {
  if (a.version !== b.version || a.about !== b.about || a.time_zone !== b.time_zone) return false;
  const times = (user: User): string =>
    [user.dnd?.from, user.dnd?.until, user.status?.text, user.status?.emoji, user.status?.expires_at].join();
  return times(a) === times(b);
}
