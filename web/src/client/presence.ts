import { Store } from '@/lib/store';
import type { Presence } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock } from './clock';

interface Listener {
  heard(list: readonly Presence[]): void;
}

const BATCH_MS = 30;
const MAX_IDS = 200;

/** Who is there. Frames tell of changes; a person looked at for the first time, and everybody after a reconnect, is asked
 *  for. Listeners hear all that was told, versions of profiles included. */
export class PresenceBook {
  readonly states = new Store<ReadonlyMap<string, Presence>>(new Map());

  readonly #api: Api;
  readonly #clock: Clock;
  readonly #listeners: readonly Listener[];
  readonly #watched = new Set<string>();
  #wanted = new Set<string>();

  constructor(api: Api, clock: Clock, listeners: readonly Listener[]) {
    this.#api = api;
    this.#clock = clock;
    this.#listeners = listeners;
  }

  put(list: readonly Presence[]): void {
    for (const listener of this.#listeners) listener.heard(list);
    const now = this.states.get();
    const fresh = list.filter((one) => {
      const known = now.get(one.user);
      return known?.state !== one.state || known.last_seen !== one.last_seen;
    });
    if (fresh.length === 0) return;
    const next = new Map(now);
    for (const one of fresh) next.set(one.user, one);
    this.states.set(next);
  }

  watch(ids: Iterable<string>): void {
    for (const id of ids) {
      if (this.#watched.has(id)) continue;
      this.#watched.add(id);
      this.#want(id);
    }
  }

  /** Asks again for everybody, and for these: changes may have been missed, of their profiles too. */
  refresh(ids: Iterable<string> = []): void {
    for (const id of [...this.#watched, ...ids]) this.#want(id);
  }

  #want(id: string): void {
    if (this.#wanted.size === 0) this.#clock.after(BATCH_MS, () => this.#flush());
    this.#wanted.add(id);
  }

  #flush(): void {
    const wanted = [...this.#wanted];
    this.#wanted = new Set();
    for (let from = 0; from < wanted.length; from += MAX_IDS) {
      // Presence is never promised: without an answer the dots stay as they are until the next change or reconnect.
      this.#api.call('GET /presence', { query: { users: wanted.slice(from, from + MAX_IDS).join(',') } }).then(
        ({ users }) => this.put(users),
        () => {},
      );
    }
  }
}
