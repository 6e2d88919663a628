import { Store } from '@/lib/store';
import type { Event } from '@/protocol/ops.gen';
import type { Api } from './api';
import { ApiError } from './error';
import { withChange } from './message_state';

/** Single messages that something refers to and no log holds. */
export class Quotes {
  /** By room and seq. `gone`: there is no such message, or it cannot be read. */
  readonly found = new Store<ReadonlyMap<string, Event | 'gone'>>(new Map());

  readonly #api: Api;
  readonly #asked = new Set<string>();

  constructor(api: Api) {
    this.#api = api;
  }

  get(room: string, seq: number): Event | 'gone' | undefined {
    return this.found.get().get(`${room}.${seq}`);
  }

  /** Makes sure that it will be known; asks once, and again when that failed. */
  need(room: string, seq: number): void {
    const key = `${room}.${seq}`;
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    void this.#ask(key, room, seq);
  }

  heard(events: readonly Event[]): void {
    for (const event of events) {
      const key = `${event.room}.${event.about}`;
      const known = this.found.get().get(key);
      if (known !== undefined && known !== 'gone') this.#set(key, withChange(known, event));
    }
  }

  /** Events may have been missed: what is needed is asked for again. What was found stays until then. */
  forget(): void {
    this.#asked.clear();
  }

  async #ask(key: string, room: string, seq: number): Promise<void> {
    try {
      this.#set(key, await this.#api.call('GET /rooms/{room}/messages/{seq}', { params: { room, seq } }));
    } catch (error) {
      if (error instanceof ApiError && error.retryable) this.#asked.delete(key);
      else this.#set(key, 'gone');
    }
  }

  #set(key: string, value: Event | 'gone'): void {
    if (this.found.get().get(key) !== value) this.found.set(new Map(this.found.get()).set(key, value));
  }
}
