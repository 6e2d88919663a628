import { Store } from '@/lib/store';
import { uuid } from '@/lib/uuid';
import type { LaterItem, Rest, Scheduled } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock, Timer } from './clock';
import { ApiError } from './error';

type New = Omit<Rest['POST /rooms/{room}/scheduled']['body'], 'cmid'>;
type Change = Rest['PATCH /scheduled/{item}']['body'];

/** What is due is asked for so soon after a reason to; many reasons are one, and a crowd does not ask at once. */
const SOON_MS = 150;
const SPREAD_MS = 2_500;
const RETRY_MS = 5_000;
const DUE_SHOWN = 50;

/** What I keep for later, am to be reminded of, and have written to be sent at a time. Only what is due is held here; the
 *  lists are asked for by who shows them, anew whenever `version` is another. The acts throw ApiError. */
export class Later {
  /** What I was reminded of and have not done, the last first; undefined: not known yet. */
  readonly due = new Store<readonly LaterItem[] | undefined>(undefined);
  readonly version = new Store(0);

  readonly #api: Api;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #generation = 0;
  #stopped = false;

  constructor(api: Api, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Something of it has changed, here or at another device. */
  told(): void {
    this.version.set(this.version.get() + 1);
    this.soon(0);
  }

  /** Asks for what is due in a while. */
  soon(spread_ms = SPREAD_MS): void {
    this.#timer ??= this.#clock.after(SOON_MS + this.#clock.random() * spread_ms, () => {
      this.#timer = undefined;
      void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    if (this.#stopped) return;
    const generation = ++this.#generation;
    try {
      const { items } = await this.#api.call('GET /later', { query: { part: 'due', limit: DUE_SHOWN } });
      if (generation === this.#generation && !this.#stopped) this.due.set(items);
    } catch (error) {
      if (generation !== this.#generation || this.#stopped) return;
      if (error instanceof ApiError && error.retryable)
        this.#timer ??= this.#clock.after(RETRY_MS, () => {
          this.#timer = undefined;
          void this.refresh();
        });
    }
  }

  /** Keeps a message; with a time I am reminded of it then. */
  keep({ room, seq }: { room: string; seq: number }, remind_at?: number): Promise<LaterItem> {
    return this.#changed(
      this.#api.call('POST /later', { body: { room, seq, ...(remind_at === undefined ? {} : { remind_at }) } }),
    );
  }

  /** Reminds me of words of my own. */
  remind(room: string, note: string, remind_at: number): Promise<LaterItem> {
    return this.#changed(this.#api.call('POST /later', { body: { room, note, remind_at } }));
  }

  /** A time of 0 is none. */
  change(item: string, body: { done?: boolean; remind_at?: number }): Promise<LaterItem> {
    return this.#changed(this.#api.call('PATCH /later/{item}', { params: { item }, body }));
  }

  drop(item: string): Promise<unknown> {
    return this.#changed(this.#api.call('DELETE /later/{item}', { params: { item } }));
  }

  schedule({ room, ...message }: New & { room: string }): Promise<Scheduled> {
    const body = { cmid: uuid(), ...message };
    return this.#changed(this.#api.call('POST /rooms/{room}/scheduled', { params: { room }, body }));
  }

  reschedule(item: string, body: Change): Promise<Scheduled> {
    return this.#changed(this.#api.call('PATCH /scheduled/{item}', { params: { item }, body }));
  }

  unschedule(item: string): Promise<unknown> {
    return this.#changed(this.#api.call('DELETE /scheduled/{item}', { params: { item } }));
  }

  stop(): void {
    this.#stopped = true;
    this.#clock.cancel(this.#timer);
  }

  /** Shown at once; what the server tells all devices comes to this one, too. */
  async #changed<T>(work: Promise<T>): Promise<T> {
    const done = await work;
    this.told();
    return done;
  }
}
