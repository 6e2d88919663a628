import { type FaultSpan, spansOf } from './fault_rows.ts';
import type { HistoryLine, LineOf, LoggedEvent } from './history.ts';

export interface Message extends LineOf<'invoke'> {
  /** The highest seq of its room that anybody had an ack for before this was begun. */
  floor: number;
  ok?: LineOf<'ok'>;
  fail?: LineOf<'fail'>;
}

/** How far somebody's acks of a room had come by a moment. */
interface Acked {
  at: number;
  seq: number;
}

export interface RoomLogs {
  /** As PostgreSQL has it: where the room says that the log ends, where it does, and its events by seq. */
  head: number;
  end: number;
  events: Map<number, LoggedEvent>;
  lines: LineOf<'log'>[];
}

const both = (user: string, room: string): string => `${user} ${room}`;

/** What comes over a connection that was welcomed before a restore may have lain on the way since then: it counts as told
 *  when that connection was. */
export function toldAt(
  { at, c }: { at: number; c: string },
  welcomed: ReadonlyMap<string, number>,
  epochs: readonly LineOf<'epoch'>[],
): number {
  const since = welcomed.get(c) ?? at;
  return epochs.some((epoch) => epoch.at > since && epoch.at <= at) ? since : at;
}

/** What the record says without the lines that are many and need all the others to be judged (recv, view, read). */
export class Evidence {
  readonly messages = new Map<string, Message>();
  /** Acks that contradict another, or that answer nothing. */
  readonly odd_acks: LineOf<'ok'>[] = [];
  readonly odd_fails: LineOf<'fail'>[] = [];
  readonly rooms = new Map<string, RoomLogs>();
  readonly faults: LineOf<'fault'>[] = [];
  readonly pings: LineOf<'ping'>[] = [];
  readonly epochs: LineOf<'epoch'>[] = [];
  readonly excused = new Set<string>();
  readonly memberships = new Map<string, LineOf<'member'>[]>();
  /** Rooms of which it is known who was in. */
  readonly guarded = new Set<string>();
  /** Client → user. */
  readonly clients = new Map<string, string>();
  spans: readonly FaultSpan[] = [];
  lines = 0;
  views = 0;
  ended_at = 0;

  /** Comings in that a restore took back, each with the moment of the restore. */
  readonly #undone = new Map<string, { since: number; until: number }[]>();
  /** When each client's connection was welcomed. */
  readonly #welcomed = new Map<string, number>();
  readonly #floors = new Map<string, number>();
  readonly #acked = new Map<string, Acked[]>();

  take(line: HistoryLine): void {
    this.lines++;
    this.ended_at = line.at;
    switch (line.e) {
      case 'invoke':
        this.clients.set(line.c, line.user);
        this.messages.set(line.cmid, { ...line, floor: this.#floors.get(line.room) ?? 0 });
        return;
      case 'welcome':
        this.#welcomed.set(line.c, line.at);
        return;
      case 'ok':
        return this.#ok({ ...line, at: toldAt(line, this.#welcomed, this.epochs) });
      case 'fail':
        return this.#fail(line);
      case 'log':
        return this.#log(line);
      case 'member':
        this.guarded.add(line.room);
        return this.#member(line);
      case 'epoch':
        return this.#epoch(line);
      case 'fault':
        this.faults.push(line);
        return;
      case 'ping':
        this.pings.push(line);
        return;
      case 'view':
        this.views++;
        this.clients.set(line.c, line.user);
        return;
      case 'recv':
        this.clients.set(line.c, line.user);
        return;
      default:
        return;
    }
  }

  /** To be called when all lines are in. */
  finish(): void {
    this.spans = spansOf(this);
    for (const list of this.memberships.values()) list.sort((a, b) => a.seq - b.seq);
    for (const logs of this.rooms.values()) {
      const pg = logs.lines.find((line) => line.via === 'pg');
      if (pg === undefined) continue;
      logs.head = pg.head;
      for (const event of pg.events) {
        logs.events.set(event[0], event);
        logs.end = Math.max(logs.end, event[0]);
      }
    }
  }

  /** The faults that were on at that moment. */
  faultsAt(at: number): string[] {
    return this.spans.filter((span) => at >= span.begin && at <= span.end).map((span) => span.name);
  }

  membership(user: string, room: string): readonly LineOf<'member'>[] {
    return this.memberships.get(both(user, room)) ?? [];
  }

  /** Whether the log's last word is that the user is in. Everybody is, where nothing is known. */
  isIn(user: string, room: string): boolean {
    return !this.guarded.has(room) || this.membership(user, room).at(-1)?.in === true;
  }

  /** Whether the log has the user in the room at this place. */
  wasIn(user: string, room: string, seq: number): boolean {
    if (!this.guarded.has(room)) return true;
    return this.membership(user, room).findLast((turn) => turn.seq < seq)?.in === true;
  }

  /** Whether the user may have been in at that moment by an event that a later restore took back. */
  wasInForAWhile(user: string, room: string, at: number): boolean {
    const undone = this.#undone.get(both(user, room)) ?? [];
    return undone.some(({ since, until }) => since <= at && at <= until);
  }

  /** The highest seq of the room that the user had an ack for before that moment. */
  ackedBefore(user: string, room: string, at: number): number {
    let found = 0;
    for (const one of this.#acked.get(both(user, room)) ?? []) {
      if (one.at >= at) break;
      found = one.seq;
    }
    return found;
  }

  /** True when what was seen at that moment was in a part of the log that a later restore took back on purpose. */
  takenBack(room: string, seq: number, at: number): boolean {
    return this.epochs.some((epoch) => epoch.at >= at && seq > (epoch.heads[room] ?? 0));
  }

  #ok(line: LineOf<'ok'>): void {
    const message = this.messages.get(line.cmid);
    const known = message?.ok;
    if (message === undefined || message.room !== line.room || message.c !== line.c) this.odd_acks.push(line);
    else if (known === undefined || this.takenBack(line.room, known.seq, known.at)) message.ok = line;
    else if (known.seq !== line.seq) this.odd_acks.push(line);
    // An ack that lay on the way while a backup was restored says nothing of the log that there is now.
    if (message === undefined || this.takenBack(line.room, line.seq, line.at)) return;
    this.#floors.set(line.room, Math.max(this.#floors.get(line.room) ?? 0, line.seq));
    const acked = this.#list(this.#acked, both(message.user, line.room));
    acked.push({ at: line.at, seq: Math.max(acked.at(-1)?.seq ?? 0, line.seq) });
  }

  #fail(line: LineOf<'fail'>): void {
    const message = this.messages.get(line.cmid);
    if (message === undefined) this.odd_fails.push(line);
    else message.fail ??= line;
  }

  #log(line: LineOf<'log'>): void {
    const known: RoomLogs = this.rooms.get(line.room) ?? { head: 0, end: 0, events: new Map(), lines: [] };
    known.lines.push(line);
    this.rooms.set(line.room, known);
  }

  /** The same may be said twice. */
  #member(line: LineOf<'member'>): void {
    const turns = this.#list(this.memberships, both(line.user, line.room));
    if (!turns.some((turn) => turn.seq === line.seq)) turns.push(line);
  }

  /** From here on positions beyond the backup's heads are given out again. */
  #epoch(line: LineOf<'epoch'>): void {
    this.epochs.push(line);
    for (const cmid of line.lost) this.excused.add(cmid);
    const capped = (room: string, seq: number): number => Math.min(seq, line.heads[room] ?? 0);
    for (const [room, floor] of this.#floors) this.#floors.set(room, capped(room, floor));
    for (const message of this.messages.values()) message.floor = capped(message.room, message.floor);
    const roomOf = (key: string): string => key.slice(key.indexOf(' ') + 1);
    for (const [key, acked] of this.#acked) {
      acked.push({ at: line.at, seq: capped(roomOf(key), acked.at(-1)?.seq ?? 0) });
    }
    for (const [key, turns] of this.memberships) {
      const head = line.heads[roomOf(key)] ?? 0;
      for (const turn of turns) {
        if (turn.in && turn.seq > head) this.#list(this.#undone, key).push({ since: turn.since, until: line.at });
      }
      const kept = turns.filter((turn) => turn.seq <= head);
      this.memberships.set(key, kept);
    }
  }

  #list<T>(map: Map<string, T[]>, key: string): T[] {
    const list = map.get(key) ?? [];
    map.set(key, list);
    return list;
  }
}
