import { Emitter } from '@/lib/emitter';
import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';
import type { Draft } from '@/protocol/ops.gen';

/** What is written in one place and not sent. */
export interface Written {
  text: string;
  /** When, by the clock of the server as far as it is known here. */
  at: number;
  /** The server has it as it is. */
  saved: boolean;
  /** The server may have something of it: when it is sent or thrown away, the server must hear of that. */
  told: boolean;
}

export interface DraftEvents {
  /** Typed here. */
  written: string;
  /** Left: what is not saved should be, now. */
  left: string;
  /** Changed, but not by typing in this page: a field that shows it takes it. */
  came: string;
}

/** So long after a key a person may go on: nothing from elsewhere is put into the field meanwhile. */
export const TYPING_MS = 5_000;

/** What one user has written and not sent, by place: a room's id, or `<room>/t/<root>` for a thread. Kept on the device
 *  with every key, over reloads and logging out; DraftSync brings it to the other devices. */
export class Drafts {
  /** The rooms that have one, in themselves or in a thread; changes when that does, not with every key. */
  readonly rooms: Store<ReadonlySet<string>>;
  /** Grows with every change. */
  readonly version = new Store(0);
  readonly events = new Emitter<DraftEvents>();
  /** How far the clock of the server is ahead of this one. */
  ahead_ms = 0;

  #places: Map<string, Written>;
  readonly #key: string;
  readonly #typed = new Map<string, number>();

  constructor(user: string) {
    this.#key = `parley.drafts.${user}`;
    this.#places = read(this.#key);
    this.rooms = new Store(this.#roomsNow());
    // What another tab keeps must not be written over from here. Heard as long as the page lives, as the drafts do.
    globalThis.addEventListener?.('storage', (event) => {
      if (event.key === this.#key) this.#reread();
    });
  }

  now(): number {
    return Date.now() + this.ahead_ms;
  }

  get(place: string): string {
    return this.#places.get(place)?.text ?? '';
  }

  entry(place: string): Written | undefined {
    return this.#places.get(place);
  }

  /** All places, those with an emptied draft that the server has not heard of among them. */
  entries(): ReadonlyMap<string, Written> {
    return this.#places;
  }

  /** Typed here, or sent: then it is empty. */
  set(place: string, text: string): void {
    const known = this.#places.get(place);
    if (text === (known?.text ?? '')) return;
    const empty = text.trim() === '';
    this.#typed.set(place, Date.now());
    const told = known?.told === true;
    if (empty && !told) this.#put(place, undefined);
    else this.#put(place, { text: empty ? '' : text, at: this.#later(known), saved: false, told });
    this.events.emit('written', place);
  }

  discard(place: string): void {
    this.set(place, '');
    this.#typed.delete(place);
    this.events.emit('came', place);
  }

  /** Whoever wrote there has left the place. */
  leave(place: string): void {
    this.#typed.delete(place);
    this.events.emit('left', place);
  }

  /** It is on its way to the server. */
  telling(place: string): void {
    const known = this.#places.get(place);
    if (known !== undefined && !known.told) this.#put(place, { ...known, told: true });
  }

  /** The server holds what was written at `at`, as of its own time. */
  confirm(place: string, at: number, held: Draft): void {
    const known = this.#places.get(place);
    if (known === undefined || known.at !== at) return;
    if (held.body !== known.text) this.take(held, true);
    else this.#put(place, known.text === '' ? undefined : { ...known, at: held.written_at, saved: true });
  }

  /** What another device wrote. False: somebody types here right now, it is to be looked at later. */
  take(theirs: Draft, surely = false): boolean {
    const place = placeOf(theirs);
    const mine = this.#places.get(place);
    if (mine !== undefined && theirs.written_at <= mine.at && !surely) return true;
    if (mine !== undefined && mine.text !== '' && this.isTyping(place)) return false;
    const next = merged(mine, theirs, this.now());
    const before = this.get(place);
    this.#put(place, next);
    if ((next?.text ?? '') !== before) this.events.emit('came', place);
    if (next?.saved === false) this.events.emit('written', place);
    return true;
  }

  /** The server has none there: it was sent or thrown away on another device. What is not saved stays. False: somebody
   *  types here right now. */
  forget(place: string, at: number): boolean {
    const known = this.#places.get(place);
    if (known === undefined || !known.saved || known.at !== at) return true;
    if (this.isTyping(place)) return false;
    this.#put(place, undefined);
    this.events.emit('came', place);
    return true;
  }

  isTyping(place: string): boolean {
    return Date.now() - (this.#typed.get(place) ?? Number.NEGATIVE_INFINITY) < TYPING_MS;
  }

  /** Of two of this device the later one has the later time, however its clock goes. */
  #later(known: Written | undefined): number {
    return Math.max(this.now(), (known?.at ?? 0) + 1);
  }

  #put(place: string, next: Written | undefined): void {
    if (next === undefined) this.#places.delete(place);
    else this.#places.set(place, next);
    this.#changed();
    storage.setItem(this.#key, JSON.stringify(Object.fromEntries(this.#places)));
  }

  #changed(): void {
    const now = this.#roomsNow();
    const before = this.rooms.get();
    if (now.size !== before.size || [...now].some((room) => !before.has(room))) this.rooms.set(now);
    this.version.set(this.version.get() + 1);
  }

  #roomsNow(): Set<string> {
    const rooms = new Set<string>();
    for (const [place, { text }] of this.#places) if (text !== '') rooms.add(roomOf(place));
    return rooms;
  }

  #reread(): void {
    const before = this.#places;
    this.#places = read(this.#key);
    this.#changed();
    for (const place of new Set([...before.keys(), ...this.#places.keys()]))
      if ((before.get(place)?.text ?? '') !== this.get(place)) this.#comes(place);
  }

  /** Who types here is not disturbed, and sees it when that is over. */
  #comes(place: string): void {
    if (this.isTyping(place)) setTimeout(() => this.#comes(place), TYPING_MS);
    else this.events.emit('came', place);
  }
}

/** What holds when another device wrote something later. The newest wins; what the server never got is not lost by that:
 *  it stays below. */
export function merged(mine: Written | undefined, theirs: Draft, now: number): Written | undefined {
  const held = { text: theirs.body, at: theirs.written_at, saved: true, told: true };
  const own = mine === undefined || mine.saved ? '' : mine.text;
  if (own === '' || held.text.includes(own)) return held.text === '' ? undefined : held;
  const text = held.text === '' || own.includes(held.text) ? own : `${held.text}\n\n${own}`;
  return { text, at: Math.max(now, theirs.written_at + 1), saved: false, told: true };
}

export function placeOf({ room, thread }: Pick<Draft, 'room' | 'thread'>): string {
  return thread === undefined ? room : `${room}/t/${thread}`;
}

export function roomOf(place: string): string {
  return place.split('/', 1)[0] ?? place;
}

/** The root of its thread; undefined: it is the room's own. */
export function threadOf(place: string): number | undefined {
  const found = /\/t\/(\d+)$/.exec(place);
  return found === null ? undefined : Number(found[1]);
}

function read(key: string): Map<string, Written> {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '{}');
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(
      Object.entries(value).flatMap(([place, one]): [string, Written][] => {
        const known = written(one);
        return known === undefined ? [] : [[place, known]];
      }),
    );
  } catch {
    return new Map();
  }
}

/** A plain text is of a page that kept drafts on the device only. */
function written(value: unknown): Written | undefined {
  if (typeof value === 'string') return { text: value, at: Date.now(), saved: false, told: false };
  const { text, at, saved, told } = (value ?? {}) as Partial<Written>;
  if (typeof text !== 'string' || typeof at !== 'number') return undefined;
  return { text, at, saved: saved === true, told: told === true || saved === true };
}
