import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import type { SendFrame, ServerNack } from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';
import { isRetryable } from './error';
import type { OutboxEntry, OutboxStore } from './outbox_store';

export interface OutboxParts {
  user: string;
  store: OutboxStore;
  clock: Clock;
  /** Gives the frame to a welcomed connection; false when there is none. */
  send: (frame: SendFrame) => boolean;
  uuid: () => string;
}

export const RESEND_BASE_MS = 5_000;
export const RESEND_CAP_MS = 30_000;
/** When a nack names no time. */
const NACK_RETRY_MS = 500;
/** The server takes 32 of one connection; some room is left for what else it counts. */
const MAX_IN_FLIGHT = 24;

/** What is known of a room's first entry while it is under way. */
interface Flight {
  cmid: string;
  tries: number;
  timer: Timer;
}

/** What I have written and the server has not acknowledged. Each room is a queue of which only the first entry is under
 *  way: the next follows its ack, so that a lost or refused first one can never be overtaken and no message of mine
 *  changes places with another. Rooms do not wait for each other. */
export class Outbox {
  /** Every entry of the user, in order of writing. */
  readonly entries = new Store<readonly OutboxEntry[]>([]);
  /** `failed`: the server said a definite no. */
  readonly events = new Emitter<{ failed: OutboxEntry }>();

  readonly #parts: OutboxParts;
  readonly #flights = new Map<string, Flight>();
  /** Entries that are on disk, or never will be: nothing is sent that a crash now would lose. */
  readonly #kept = new Set<string>();
  #online = false;
  #order = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Brings back what an earlier page left. Entries written meanwhile stay behind it. */
  async load(): Promise<void> {
    let stored: OutboxEntry[] = [];
    try {
      stored = await this.#parts.store.load(this.#parts.user);
    } catch {
      // An unreadable store is an empty one: what is written from here on is kept in memory.
    }
    const known = new Set(this.entries.get().map((entry) => entry.cmid));
    const before = stored.filter((entry) => !known.has(entry.cmid));
    for (const entry of before) {
      this.#kept.add(entry.cmid);
      this.#order = Math.max(this.#order, entry.order);
    }
    this.entries.set([...before, ...this.entries.get()]);
    this.#pump();
  }

  /** Takes a message. It is in `entries` on return, on disk soon after, and sent then. Returns its cmid. */
  add(room: string, body: string): string {
    const { clock, user, uuid } = this.#parts;
    this.#order = Math.max(this.#order + 1, clock.now());
    const entry: OutboxEntry = {
      cmid: uuid(),
      user,
      room,
      body,
      at: clock.now(),
      order: this.#order,
      state: 'pending',
    };
    this.entries.set([...this.entries.get(), entry]);
    this.#persist(entry);
    return entry.cmid;
  }

  /** Tries a failed entry again, as the newest of its room. */
  retry(cmid: string): void {
    const entry = this.#find(cmid);
    if (entry === undefined || entry.state !== 'failed') return;
    this.#order = Math.max(this.#order + 1, this.#parts.clock.now());
    const { code: _, ...rest } = entry;
    const again: OutboxEntry = { ...rest, state: 'pending', order: this.#order };
    this.entries.set([...this.entries.get().filter((other) => other.cmid !== cmid), again]);
    this.#persist(again);
  }

  /** Gives up a failed entry for good. */
  discard(cmid: string): void {
    if (this.#find(cmid)?.state === 'failed') this.#remove(cmid);
  }

  /** The message is committed: its ack came, or itself. Returns the entry when there was one. */
  settle(cmid: string): OutboxEntry | undefined {
    const entry = this.#find(cmid);
    if (entry === undefined) return undefined;
    this.#remove(cmid);
    this.#pump();
    return entry;
  }

  nacked(frame: ServerNack): void {
    const entry = this.#find(frame.cmid);
    if (entry === undefined || entry.state === 'failed') return;
    if (isRetryable(frame.code)) {
      const flight = this.#flights.get(entry.room);
      if (flight?.cmid !== entry.cmid) return;
      this.#arm(entry, flight.tries, frame.retry_ms ?? this.#jittered(flight.tries, NACK_RETRY_MS));
      return;
    }
    const failed: OutboxEntry = { ...entry, state: 'failed', code: frame.code };
    this.#land(entry.room, entry.cmid);
    this.entries.set(this.entries.get().map((other) => (other.cmid === entry.cmid ? failed : other)));
    this.#parts.store.put(failed).catch(() => {});
    this.events.emit('failed', failed);
    this.#pump();
  }

  /** A connection is welcomed: everything that was under way on the one before goes out again. */
  connected(): void {
    this.#online = true;
    this.#forgetFlights();
    this.#pump();
  }

  disconnected(): void {
    this.#online = false;
    this.#forgetFlights();
  }

  stop(): void {
    this.disconnected();
  }

  #persist(entry: OutboxEntry): void {
    const done = (): void => {
      if (this.#find(entry.cmid) === undefined) {
        this.#parts.store.remove(entry.cmid).catch(() => {});
        return;
      }
      this.#kept.add(entry.cmid);
      this.#pump();
    };
    this.#parts.store.put(entry).then(done, done);
  }

  #pump(): void {
    if (!this.#online) return;
    const seen = new Set<string>();
    for (const entry of this.entries.get()) {
      if (entry.state !== 'pending' || seen.has(entry.room)) continue;
      seen.add(entry.room);
      if (this.#flights.has(entry.room) || !this.#kept.has(entry.cmid)) continue;
      if (this.#flights.size >= MAX_IN_FLIGHT) return;
      this.#transmit(entry, 0);
    }
  }

  #transmit(entry: OutboxEntry, tries: number): void {
    const { cmid, room, body } = entry;
    if (!this.#parts.send({ t: 'send', cmid, room, body })) return;
    this.#arm(entry, tries + 1, this.#jittered(tries, RESEND_BASE_MS));
  }

  #arm(entry: OutboxEntry, tries: number, wait_ms: number): void {
    const { clock } = this.#parts;
    clock.cancel(this.#flights.get(entry.room)?.timer);
    const timer = clock.after(wait_ms, () => {
      this.#flights.delete(entry.room);
      if (this.#online && this.#find(entry.cmid)?.state === 'pending') this.#transmit(entry, tries);
    });
    this.#flights.set(entry.room, { cmid: entry.cmid, tries, timer });
  }

  /** At least the base: an answer that is only slow must not be asked for twice. */
  #jittered(tries: number, base_ms: number): number {
    return Math.min(
      RESEND_CAP_MS,
      base_ms + (tries === 0 ? 0 : fullJitter(this.#parts.clock, tries, base_ms, RESEND_CAP_MS)),
    );
  }

  #remove(cmid: string): void {
    const entry = this.#find(cmid);
    if (entry !== undefined) this.#land(entry.room, cmid);
    this.#kept.delete(cmid);
    this.entries.set(this.entries.get().filter((other) => other.cmid !== cmid));
    this.#parts.store.remove(cmid).catch(() => {});
  }

  #land(room: string, cmid: string): void {
    const flight = this.#flights.get(room);
    if (flight?.cmid !== cmid) return;
    this.#parts.clock.cancel(flight.timer);
    this.#flights.delete(room);
  }

  #forgetFlights(): void {
    for (const flight of this.#flights.values()) this.#parts.clock.cancel(flight.timer);
    this.#flights.clear();
  }

  #find(cmid: string): OutboxEntry | undefined {
    return this.entries.get().find((entry) => entry.cmid === cmid);
  }
}
