import { Store } from '@/lib/store';
import type { Me, Presence, Rest, User } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock, Timer } from './clock';
import type { People } from './people';

/** Several notices of one change, and of what follows it, ask once. */
const SETTLE_MS = 300;
const RETRY_MS = 5_000;

type Profile = Rest['PATCH /me']['body'];
type Status = Rest['PUT /me/status']['body'];
type Quiet = Rest['PUT /me/dnd']['body'];

interface Of {
  me: User;
  api: Api;
  people: People;
}

/** My own profile, settings and blocks, the same on all my devices: read again whenever my own person is told of. */
export class Account {
  readonly me = new Store<Me | undefined>(undefined);
  readonly blocked = new Store<ReadonlySet<string>>(new Set());

  readonly #of: Of;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #stopped = false;
  /** An answer that was asked for before a change of mine is older than it. */
  #changes = 0;

  constructor(of: Of, clock: Clock) {
    this.#of = of;
    this.#clock = clock;
  }

  /** Asks soon; again until there is an answer. */
  refresh(after_ms = SETTLE_MS): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#clock.after(after_ms, () => {
      this.#timer = undefined;
      void this.#load();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#clock.cancel(this.#timer);
  }

  /** What a presence frame told: one of my devices may have changed something. */
  heard(list: readonly Presence[]): void {
    if (list.some((one) => one.user === this.#of.me.id)) this.refresh();
  }

  blocks(user: string): boolean {
    return this.blocked.get().has(user);
  }

  /** Each throws ApiError and changes nothing then. */
  async change(profile: Profile): Promise<void> {
    this.#take(await this.#of.api.call('PATCH /me', { body: profile }));
  }

  async setStatus(status: Status): Promise<void> {
    this.#take(await this.#of.api.call('PUT /me/status', { body: status }));
  }

  async clearStatus(): Promise<void> {
    this.#take(await this.#of.api.call('DELETE /me/status', {}));
  }

  async setQuiet(quiet: Quiet): Promise<void> {
    this.#take(await this.#of.api.call('PUT /me/dnd', { body: quiet }));
  }

  async block(user: string): Promise<void> {
    await this.#of.api.call('PUT /me/blocks/{user}', { params: { user } });
    this.#changes++;
    this.#setBlocked([user, ...this.blocked.get()]);
  }

  async unblock(user: string): Promise<void> {
    await this.#of.api.call('DELETE /me/blocks/{user}', { params: { user } });
    this.#changes++;
    this.#setBlocked([...this.blocked.get()].filter((one) => one !== user));
  }

  async #load(): Promise<void> {
    const before = this.#changes;
    try {
      const me = await this.#of.api.call('GET /me', {});
      if (this.#stopped) return;
      if (before === this.#changes) this.#put(me);
      else this.refresh();
    } catch {
      this.refresh(RETRY_MS);
    }
  }

  #take(me: Me): void {
    this.#changes++;
    this.#put(me);
  }

  #put(me: Me): void {
    this.me.set(me);
    this.#of.people.put([me]);
    this.#setBlocked(me.blocked);
  }

  #setBlocked(ids: readonly string[]): void {
    const now = this.blocked.get();
    const next = new Set(ids);
    if (next.size !== now.size || [...next].some((id) => !now.has(id))) this.blocked.set(next);
  }
}
