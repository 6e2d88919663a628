import type { Api } from '@/client/api';
import type { Clock, Timer } from '@/client/clock';
import { ApiError } from '@/client/error';
import type { SocketEvents } from '@/client/socket';
import { byteLength } from '@/lib/bytes';
import type { Emitter } from '@/lib/emitter';
import { type Draft, LIMITS } from '@/protocol/ops.gen';
import { type Drafts, placeOf, roomOf, TYPING_MS, threadOf } from './drafts';

/** Of one draft no two requests come closer than this; the first waits a little, for a word is rarely all. */
export const EVERY_MS = 3_000;
export const FIRST_MS = 1_000;
const RETRY_MS = 10_000;
/** After a reconnect a crowd does not ask at once. */
const SPREAD_MS = 3_000;
const PAGE = 50;

export interface DraftSyncParts {
  api: Api;
  drafts: Drafts;
  clock: Clock;
  events: Emitter<SocketEvents>;
}

interface Saving {
  last: number;
  timer?: Timer | undefined;
  busy: boolean;
  /** The server does not take it as it is; it stays on this device. */
  refused: boolean;
}

/** Keeps the drafts of this device and of the others the same: docs/drafts.md. */
export class DraftSync {
  readonly #of: DraftSyncParts;
  readonly #saving = new Map<string, Saving>();
  readonly #undo: (() => void)[] = [];
  #loading: Timer | undefined;
  #stopped = false;

  constructor(parts: DraftSyncParts) {
    this.#of = parts;
  }

  start(): void {
    const { drafts, events } = this.#of;
    this.#undo.push(
      drafts.events.on('written', (place) => this.#written(place)),
      drafts.events.on('left', (place) => void this.#save(place)),
      events.on('frame', (frame) => {
        if (frame.t === 'draft') this.#came(frame);
      }),
      events.on('welcome', (frame) => {
        drafts.ahead_ms = frame.time - Date.now();
        this.#load(this.#of.clock.random() * SPREAD_MS);
      }),
    );
    this.#load(0);
  }

  stop(): void {
    this.#stopped = true;
    for (const undo of this.#undo.splice(0)) undo();
    this.#of.clock.cancel(this.#loading);
    for (const one of this.#saving.values()) this.#of.clock.cancel(one.timer);
  }

  /** The page may not come back: all that is not saved is sent with requests that outlive it. */
  flush(): void {
    for (const place of this.#of.drafts.entries().keys()) void this.#save(place, true);
  }

  #came(draft: Draft): void {
    // Whoever types here goes on; looked at again when they rest.
    if (!this.#of.drafts.take(draft)) this.#load(TYPING_MS);
  }

  #written(place: string): void {
    const saving = this.#savingOf(place);
    saving.refused = false;
    if (saving.busy) return;
    if (this.#of.drafts.get(place) === '') return void this.#save(place);
    const { clock } = this.#of;
    saving.timer ??= clock.after(Math.max(FIRST_MS, saving.last + EVERY_MS - clock.now()), () => {
      saving.timer = undefined;
      void this.#save(place);
    });
  }

  async #save(place: string, keepalive = false): Promise<void> {
    const { api, clock, drafts } = this.#of;
    const saving = this.#savingOf(place);
    const entry = drafts.entry(place);
    if (entry === undefined || entry.saved || saving.refused || this.#stopped) return;
    if ((saving.busy && !keepalive) || byteLength(entry.text) > LIMITS.max_body) return;
    clock.cancel(saving.timer);
    saving.timer = undefined;
    saving.busy = true;
    saving.last = clock.now();
    drafts.telling(place);
    let retry = false;
    try {
      const thread = threadOf(place);
      const body = { body: entry.text, written_at: entry.at, ...(thread === undefined ? {} : { thread }) };
      const params = { room: roomOf(place) };
      const held = await api.call('PUT /rooms/{room}/draft', { params, body, keepalive });
      drafts.confirm(place, entry.at, held);
    } catch (error) {
      const final =
        error instanceof ApiError && error.status >= 400 && error.status < 500 && error.code !== 'rate_limited';
      saving.refused = final && error.code !== 'unauthorized' && error.code !== 'token_expired';
      retry = !saving.refused;
    }
    saving.busy = false;
    const left = drafts.entry(place);
    if (this.#stopped || left === undefined || left.saved || saving.refused) return;
    if (retry) saving.timer ??= clock.after(RETRY_MS, () => this.#again(place, saving));
    else this.#written(place);
  }

  #again(place: string, saving: Saving): void {
    saving.timer = undefined;
    void this.#save(place);
  }

  #load(after_ms: number): void {
    const { clock } = this.#of;
    if (this.#stopped) return;
    clock.cancel(this.#loading);
    this.#loading = clock.after(after_ms, () => {
      this.#loading = undefined;
      void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    const { api, drafts } = this.#of;
    const before = new Map([...drafts.entries()].map(([place, { at }]) => [place, at]));
    const held: Draft[] = [];
    try {
      for (let complete = false; !complete; ) {
        const last = held.at(-1);
        const query = { limit: PAGE, ...(last === undefined ? {} : { before: last.written_at }) };
        const page = await api.call('GET /drafts', { query });
        held.push(...page.drafts);
        complete = page.complete || page.drafts.length === 0;
      }
    } catch {
      return this.#load(RETRY_MS);
    }
    if (this.#stopped) return;
    for (const draft of held) this.#came(draft);
    const places = new Set(held.map(placeOf));
    for (const [place, at] of before) if (!places.has(place) && !drafts.forget(place, at)) this.#load(TYPING_MS);
    for (const [place, { saved }] of drafts.entries()) if (!saved) this.#written(place);
  }

  #savingOf(place: string): Saving {
    const known = this.#saving.get(place);
    if (known !== undefined) return known;
    const made = { last: Number.NEGATIVE_INFINITY, busy: false, refused: false };
    this.#saving.set(place, made);
    return made;
  }
}
