import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import type { Event, SendFrame, ServerNack } from '@/protocol/ops.gen';
import type { Channel, Locks } from './auth';
import type { Clock } from './clock';
import {
  ENTRY_VERSION,
  isKnown,
  isUploading,
  type OutboxEntry,
  type OutboxFile,
  type OutboxStore,
  type Place,
} from './outbox_store';
import { SendLanes } from './send_lanes';

export interface OutboxParts {
  user: string;
  /** This tab, as the server knows it: who sends, and whose the entries are. */
  device: string;
  store: OutboxStore;
  clock: Clock;
  /** Gives the frame to a welcomed connection; false when there is none. */
  send: (frame: SendFrame) => boolean;
  uuid: () => string;
  /** Says which tabs live: each holds a lock named after its device. Without: one process, one instance. */
  locks?: Locks | undefined;
  /** The other tabs of the same user. */
  channel?: Channel | undefined;
  /** Brings files to the server. Without: messages with files stay where they are. */
  carrier?: Carrier | undefined;
}

/** Who uploads the files of messages. It says how far it is by `noteFile`, and gives up by `fail`. */
export interface Carrier {
  /** One of mine waits for its files. */
  carry: (outbox: Outbox, entry: OutboxEntry) => void;
  /** Its files are needed no more: it is stored, or given up. */
  drop: (entry: OutboxEntry) => void;
}

export interface OutboxEvents {
  added: OutboxEntry;
  /** Committed: nothing more is to be done for it. */
  settled: OutboxEntry;
  /** The server said a definite no. */
  failed: OutboxEntry;
  /** Another tab has heard that this one of mine is committed. */
  elsewhere: Event;
}

type Message =
  /** `adopted_from`: the sender was given the lock of that device, and the entry with it. `instead_of`: the cmid of the
   *  entry that this one tries again. */
  | { type: 'put'; entry: OutboxEntry; adopted_from?: string; instead_of?: string | undefined }
  /** Discarded, or committed as `event`. */
  | { type: 'gone'; user: string; cmid: string; event?: Event | undefined };

/** Storage that has not answered by now is taken for one that cannot keep anything. */
export const STORE_WITHIN_MS = 3_000;
/** What a page before left goes out before what is written now, when it is known within this time. */
const ADOPT_WITHIN_MS = 500;
/** As many cmids one resume may ask for. */
const MAX_PENDING = 200;

/** The last part of a UUID: random, and small enough for a number. */
const NODE_DIGITS = 12;

/** What the server refuses in a text: they come with what is pasted, and nobody sees them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** What this person has written here and the server has not acknowledged. Each tab sends what was written in it; what a
 *  tab that is gone has left, one of the living adopts. All tabs show all of it (docs/decisions/0007-tabs.md). */
export class Outbox {
  /** Every entry of the user, in order of writing; those of other tabs too. */
  readonly entries = new Store<readonly OutboxEntry[]>([]);
  /** How many of them are only in memory, because storage does not work: closing the page loses them. */
  readonly unkept = new Store(0);
  readonly events = new Emitter<OutboxEvents>();

  readonly #parts: OutboxParts;
  readonly #lanes: SendLanes;
  readonly #unkept = new Set<string>();
  /** Devices whose end is waited for. */
  readonly #awaited = new Map<string, Promise<void>>();
  #order = 0;
  #release: (() => void) | undefined;
  #loading = 0;
  #held = false;
  #stopped = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#lanes = new SendLanes({
      clock: parts.clock,
      send: (frame) => this.#loading === 0 && parts.send(frame),
    });
  }

  /** This tab, as entries name it. */
  get device(): string {
    return this.#parts.device;
  }

  /** Brings back what earlier pages left, and hears of other tabs from here on. Entries written meanwhile stay behind it. */
  async load(): Promise<void> {
    const { channel, clock, device, locks, store, user } = this.#parts;
    if (channel !== undefined) channel.onmessage = (event) => this.#heard(event.data as Message);
    const held = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    locks?.request(lockOf(device), () => held).catch(() => {});
    this.#loading++;
    try {
      const stored = await this.#inTime(store.load(user));
      if (this.#stopped) return;
      this.#show(stored);
      const waits = [...new Set(stored.map((entry) => entry.device))].map((one) => this.#await(one));
      let timer: unknown;
      const late = new Promise<void>((resolve) => {
        timer = clock.after(ADOPT_WITHIN_MS, resolve);
      });
      await Promise.race([Promise.all(waits), late]);
      clock.cancel(timer);
    } catch {
      // An unreadable store is an empty one: what is written from here on is kept in memory.
    } finally {
      this.#loading--;
      this.#lanes.pump();
    }
  }

  /** Takes a message. It is in `entries` on return, on disk soon after, and sent then. Returns its cmid. */
  add(room: string, body: string, place: Place & { files?: readonly OutboxFile[] } = {}): string {
    const { clock, device, user, uuid } = this.#parts;
    const placed = place.thread !== undefined || place.quote !== undefined;
    const entry: OutboxEntry = {
      v: ENTRY_VERSION,
      kind: place.files !== undefined ? 'files' : placed ? 'reply' : 'text',
      ...place,
      body: body.replace(CONTROLS, ''),
      cmid: uuid(),
      user,
      device,
      room,
      at: clock.now(),
      order: this.#nextOrder(),
      state: 'pending',
    };
    this.#take(entry);
    this.events.emit('added', entry);
    return entry.cmid;
  }

  /** Tries a failed entry again, as the newest of its room and as another message: what was refused once stays refused. */
  retry(cmid: string): void {
    const entry = this.#find(cmid);
    if (entry === undefined || entry.state !== 'failed') return;
    const { code, ...rest } = entry;
    const { device } = this.#parts;
    // What is not there any more is brought there again.
    if (code === 'file_unknown' && rest.files !== undefined)
      rest.files = rest.files.map(({ ready: _ready, url: _url, ...file }) => file);
    this.#take({ ...rest, cmid: nextCmid(cmid), device, state: 'pending', order: this.#nextOrder() }, cmid);
  }

  /** Gives up a failed entry for good, or one of this tab whose files are still on their way. */
  discard(cmid: string): void {
    const entry = this.#find(cmid);
    const under_way = entry !== undefined && isUploading(entry) && entry.device === this.#parts.device;
    if (entry?.state !== 'failed' && !under_way) return;
    this.#remove(cmid);
    this.#tell({ type: 'gone', user: this.#parts.user, cmid });
  }

  /** Something is known of a file of an entry of this tab. The message goes out, as the newest of its room, when all of its
   *  files are ready: what was written meanwhile did not wait. */
  noteFile(cmid: string, key: string, news: Pick<OutboxFile, 'url' | 'ready'>): void {
    const entry = this.#find(cmid);
    if (entry?.files === undefined || entry.state !== 'pending' || entry.device !== this.#parts.device) return;
    const files = entry.files.map((file) => (file.key === key ? { ...file, ...news } : file));
    const next = { ...entry, files };
    if (isUploading(next)) return this.#change(next);
    this.#take({ ...next, order: this.#nextOrder() });
  }

  /** The files of an entry of this tab cannot be brought to the server. */
  fail(cmid: string, code: string): void {
    const entry = this.#find(cmid);
    if (entry?.state !== 'pending' || !isUploading(entry)) return;
    const failed: OutboxEntry = { ...entry, state: 'failed', code };
    this.#change(failed);
    this.events.emit('failed', failed);
  }

  /** The message is committed: its ack came, or itself. Returns the entry when there was one. */
  settle(cmid: string, event?: Event): OutboxEntry | undefined {
    const entry = this.#find(cmid);
    if (entry === undefined) return undefined;
    this.#remove(cmid);
    this.#tell({ type: 'gone', user: this.#parts.user, cmid, event });
    this.events.emit('settled', entry);
    return entry;
  }

  nacked(frame: ServerNack): void {
    const entry = this.#find(frame.cmid);
    if (entry === undefined || !this.#lanes.has(frame.cmid) || this.#lanes.isOld(frame)) return;
    const refused = this.#lanes.wasRefused(frame);
    // Not the code decides: what was given up for good after many tries fails with the code that its tries had.
    if (frame.retry_ms !== undefined && !refused) return this.#lanes.nacked(frame);
    const failed: OutboxEntry = { ...entry, state: 'failed', code: refused ? 'refused' : frame.code };
    this.#change(failed);
    this.#lanes.decided(frame.cmid);
    this.events.emit('failed', failed);
  }

  /** The server asks for what it has not answered. */
  resend(): void {
    this.#lanes.resend();
  }

  /** The cmids that the server may have and has not answered, as a resume asks for them. */
  pending(): string[] {
    return this.#lanes
      .maybeStored()
      .slice(0, MAX_PENDING)
      .map((parcel) => parcel.cmid);
  }

  /** A connection is welcomed: everything undecided goes out again. `hold`: only when `release` is called, because the
   *  server has just been asked what it has. */
  connected(hold = false): void {
    this.#held = hold;
    this.#lanes.connected(hold);
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#lanes.release();
  }

  disconnected(): void {
    this.#lanes.disconnected();
  }

  /** What is left is for another tab, or the next page. */
  stop(): void {
    this.#stopped = true;
    this.disconnected();
    this.#release?.();
    const { channel } = this.#parts;
    if (channel !== undefined) channel.onmessage = null;
  }

  #take(entry: OutboxEntry, instead_of?: string): void {
    this.#show([entry], instead_of);
    const kept = this.#persist(entry, instead_of);
    this.#tell({ type: 'put', entry, instead_of });
    if (isUploading(entry)) return this.#parts.carrier?.carry(this, entry);
    this.#lanes.add([entry], false);
    void kept.then(() => this.#lanes.ready(entry.cmid));
  }

  /** An entry that is not in its lane is another. */
  #change(entry: OutboxEntry): void {
    this.#show([entry]);
    void this.#persist(entry);
    this.#tell({ type: 'put', entry });
  }

  /** Resolves when the entry is kept, or will not be: nothing is sent before that a crash would lose. */
  async #persist(entry: OutboxEntry, instead_of?: string): Promise<void> {
    const { store } = this.#parts;
    const put = store.put(entry, instead_of);
    const kept = (): void => this.#countUnkept(entry.cmid, false);
    put.then(kept).catch(() => {});
    try {
      await this.#inTime(put);
    } catch {
      if (this.#find(entry.cmid) !== undefined) this.#countUnkept(entry.cmid, true);
    }
    // It was decided while it was being written.
    if (this.#find(entry.cmid) === undefined) store.remove(entry.cmid).catch(() => {});
  }

  async #inTime<T>(work: Promise<T>): Promise<T> {
    const { clock } = this.#parts;
    let timer: unknown;
    const late = new Promise<never>((_, reject) => {
      timer = clock.after(STORE_WITHIN_MS, () => reject(new Error('Storage does not answer.')));
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clock.cancel(timer);
    }
  }

  #countUnkept(cmid: string, unkept: boolean): void {
    if (unkept) this.#unkept.add(cmid);
    else this.#unkept.delete(cmid);
    this.unkept.set(this.#unkept.size);
  }

  /** Adopts what a device has left, once it is gone: its lock is free. One of the tabs that wait is the first. */
  #await(device: string): Promise<void> {
    const { device: mine, locks } = this.#parts;
    if (device === mine) return Promise.resolve();
    const known = this.#awaited.get(device);
    if (known !== undefined) return known;
    const adopt = async (): Promise<void> => {
      if (!this.#stopped) await this.#adopt(device);
    };
    const wait = (locks === undefined ? adopt() : locks.request(lockOf(device), adopt))
      .catch(() => {})
      .finally(() => this.#awaited.delete(device));
    this.#awaited.set(device, wait);
    return wait;
  }

  async #adopt(device: string): Promise<void> {
    const { device: mine, store, user } = this.#parts;
    let stored: OutboxEntry[] = [];
    try {
      stored = await this.#inTime(store.adopt(user, device, mine));
    } catch {
      // What that tab told of itself is here all the same.
    }
    const shown = this.entries.get().filter((entry) => entry.device === device);
    const adopted = new Map([...shown, ...stored].map((entry) => [entry.cmid, { ...entry, device: mine }]));
    const entries = [...adopted.values()];
    this.#show(entries);
    for (const entry of entries) this.#tell({ type: 'put', entry, adopted_from: device });
    const pending = entries.filter((entry) => entry.state === 'pending');
    this.#lanes.add(
      pending.filter((entry) => !isUploading(entry)),
      true,
    );
    for (const entry of pending) if (isUploading(entry)) this.#parts.carrier?.carry(this, entry);
  }

  #heard(message: Message): void {
    const { device, user } = this.#parts;
    if (message.type === 'gone') {
      if (message.user !== user || this.#find(message.cmid) === undefined) return;
      // The log first: the row must not be gone from one place before it is in the other.
      if (message.event !== undefined) this.events.emit('elsewhere', message.event);
      this.#remove(message.cmid);
      return;
    }
    const { entry } = message;
    if (entry.user !== user || !isKnown(entry)) return;
    if (this.#lanes.has(entry.cmid)) {
      // Of what is under way here only the server's answers decide, unless this tab slept and lost its lock: then it is
      // who took it that sends. Its answers to what flew from here count all the same.
      if (message.adopted_from !== device) return;
      this.#lanes.decided(entry.cmid);
    }
    this.#show([entry], message.instead_of);
    if (entry.device !== device) void this.#await(entry.device);
  }

  #tell(message: Message): void {
    this.#parts.channel?.postMessage(message);
  }

  #remove(cmid: string): void {
    const entry = this.#find(cmid);
    // Whose it is clears up behind it.
    if (entry?.files !== undefined && entry.device === this.#parts.device) this.#parts.carrier?.drop(entry);
    this.entries.set(this.entries.get().filter((other) => other.cmid !== cmid));
    this.#countUnkept(cmid, false);
    this.#lanes.decided(cmid);
    this.#parts.store.remove(cmid).catch(() => {});
  }

  /** Puts entries to their places, in place of those with the same cmid and of `instead_of`. */
  #show(entries: readonly OutboxEntry[], instead_of?: string): void {
    const replaced = new Set(entries.map((entry) => entry.cmid));
    if (instead_of !== undefined) {
      replaced.add(instead_of);
      this.#lanes.decided(instead_of);
      this.#countUnkept(instead_of, false);
    }
    const all = [...this.entries.get().filter((entry) => !replaced.has(entry.cmid)), ...entries];
    for (const entry of entries) this.#order = Math.max(this.#order, entry.order);
    this.entries.set(all.sort((a, b) => a.order - b.order));
  }

  #nextOrder(): number {
    this.#order = Math.max(this.#order + 1, this.#parts.clock.now());
    return this.#order;
  }

  #find(cmid: string): OutboxEntry | undefined {
    return this.entries.get().find((entry) => entry.cmid === cmid);
  }
}

/** The name of a message tried again follows from the one it had: two tabs that try the same one again at the same time
 *  send one message. */
function nextCmid(cmid: string): string {
  const node = (Number.parseInt(cmid.slice(-NODE_DIGITS), 16) + 1) % 16 ** NODE_DIGITS;
  return cmid.slice(0, -NODE_DIGITS) + node.toString(16).padStart(NODE_DIGITS, '0');
}

function lockOf(device: string): string {
  return `parley.outbox.${device}`;
}
