import { type Evidence, toldAt } from './evidence.ts';
import type { Findings } from './findings.ts';
import type { HistoryLine, LineOf } from './history.ts';

/** Judges what clients were given and what they show, one line at a time, against the logs. */
export class Seen {
  received = 0;
  views = 0;
  reads = 0;

  readonly #evidence: Evidence;
  readonly #findings: Findings;
  /** When each client's connection was welcomed. */
  readonly #welcomed = new Map<string, number>();
  /** Who has said what he shows, and what his outbox holds: `client room`. */
  readonly #shown = new Map<string, Set<string>>();

  constructor(evidence: Evidence, findings: Findings) {
    this.#evidence = evidence;
    this.#findings = findings;
  }

  take(line: HistoryLine): void {
    if (line.e === 'welcome') this.#welcomed.set(line.c, line.at);
    else if (line.e === 'recv') this.#recv(line);
    else if (line.e === 'view') this.#view(line);
    else if (line.e === 'read') this.#read(line);
  }

  /** To be called when all lines were taken: what is missing altogether. */
  finish(): void {
    this.#judgeAbsentViews();
    this.#judgeForgotten();
  }

  #recv(line: LineOf<'recv'>): void {
    this.received++;
    const { at, c, cmid, digest, room, sender, seq, user } = line;
    const told_at = toldAt(line, this.#welcomed, this.#evidence.epochs);
    if (!this.#evidence.rooms.has(room) || this.#evidence.takenBack(room, seq, told_at)) return;
    this.#same(at, { c, room, seq }, digest, { sender, ...(cmid === undefined ? {} : { cmid }) });
    const out = this.#outAt(user, room, seq, at);
    if (out === undefined) return;
    const what = `${c} received ${seq} of room ${room} ${out}.`;
    this.#findings.add('after_removal', `${c} ${room} ${seq}`, at, what, { c, room, seq });
  }

  /** Why the user was not to be given the event at that moment; undefined when he was. */
  #outAt(user: string, room: string, seq: number, at: number): string | undefined {
    if (!this.#evidence.guarded.has(room) || this.#evidence.wasInForAWhile(user, room, at)) return undefined;
    const turns = this.#evidence.membership(user, room);
    const left = turns.findLast((turn) => !turn.in && turn.seq < seq);
    const back = turns.find((turn) => turn.in && turn.seq > (left?.seq ?? -1));
    if (back !== undefined && back.since <= at) return undefined;
    return left === undefined ? 'and was not in it yet' : `and was out of it since ${left.seq}`;
  }

  /** I2: the event that the log has at this place. */
  #same(
    at: number,
    place: { c: string; room: string; seq: number },
    digest: string,
    more: { sender?: string; cmid?: string } = {},
  ): void {
    const { c, room, seq } = place;
    const [, sender, cmid, its] = this.#evidence.rooms.get(room)?.events.get(seq) ?? [];
    if (sender === undefined) {
      const what = `${c} has ${seq} of room ${room}, which the log does not have.`;
      this.#findings.add('unexpected', `${room} ${seq}`, at, what, place);
      return;
    }
    const other_sender = more.sender !== undefined && more.sender !== sender;
    const other_cmid = more.cmid !== undefined && more.cmid !== cmid;
    if (its === digest && !other_sender && !other_cmid) return;
    const what = `${c} has ${seq} of room ${room} with other bytes, author or cmid than the log.`;
    this.#findings.add('corrupted', `${room} ${seq}`, at, what, place);
  }

  #view(line: LineOf<'view'>): void {
    this.views++;
    const { at, c, events, pending, room, user } = line;
    this.#shown.set(`${c} ${room}`, new Set(pending));
    const logs = this.#evidence.rooms.get(room);
    if (logs === undefined) return;
    for (const [seq, digest] of events) this.#same(at, { c, room, seq }, digest);
    this.#judgeRun(line);
    this.#judgeTwice(line);
    const last = events.reduce((most, [seq]) => Math.max(most, seq), 0);
    if (!this.#evidence.isIn(user, room)) {
      const out = this.#outAt(user, room, last, at);
      const what = `${c} shows ${last} of room ${room} at the end ${out}.`;
      if (out !== undefined && last > 0)
        this.#findings.add('after_removal', `${c} ${room} ${last}`, at, what, { c, room, seq: last });
    } else if (last < logs.end) {
      const what = `${c} shows room ${room} up to ${last}; the log ends at ${logs.end}.`;
      this.#findings.add('tail_lost', `${c} ${room}`, at, what, { c, room, seq: last });
    }
  }

  /** I3, I8: in rising order without a hole. */
  #judgeRun({ at, c, events, room }: LineOf<'view'>): void {
    const shown = events.map(([seq]) => seq);
    const back = shown.findIndex((seq, i) => i > 0 && seq < (shown[i - 1] ?? 0));
    if (back >= 0) {
      const seq = shown[back] ?? 0;
      const what = `${c} shows ${seq} of room ${room} below ${shown[back - 1]}.`;
      this.#findings.add('reordered', `${c} ${room}`, at, what, { c, room, seq });
    }
    const held = new Set(shown);
    const [first, last] = [Math.min(...shown), Math.max(...shown)];
    for (const seq of this.#evidence.rooms.get(room)?.events.keys() ?? []) {
      if (seq <= first || seq >= last || held.has(seq)) continue;
      const what = `${c} shows room ${room} from ${first} to ${last} without ${seq}.`;
      this.#findings.add('view_holes', `${c} ${room} ${seq}`, at, what, { c, room, seq });
    }
  }

  /** I6: each once, and not as waiting, too. */
  #judgeTwice({ at, c, events, pending, room }: LineOf<'view'>): void {
    const places = new Set<number>();
    const bodies = new Set(pending);
    for (const [seq, digest] of events) {
      if (places.has(seq) || bodies.has(digest)) {
        const what = `${c} shows ${seq} of room ${room} twice.`;
        this.#findings.add('doubled', digest === '' ? `${room} ${seq}` : digest, at, what, { c, room, seq });
      }
      places.add(seq);
      if (digest !== '') bodies.add(digest);
    }
  }

  /** I11, and the history part of I12. */
  #read({ at, c, head, room, since, user, via }: LineOf<'read'>): void {
    this.reads++;
    const acked = this.#evidence.ackedBefore(user, room, since);
    if (head < acked && !this.#evidence.takenBack(room, acked, since)) {
      const what = `${via} told ${c} that room ${room} ends at ${head}; ${acked} was acknowledged before.`;
      this.#findings.add('stale_read', `${c} ${room} ${acked}`, at, what, { c, room, seq: acked });
    }
    const turns = this.#evidence.membership(user, room);
    const left = turns.findLast((turn) => !turn.in && turn.at <= since);
    const back = turns.find((turn) => turn.in && turn.seq > (left?.seq ?? 0));
    if (left === undefined || (back !== undefined && back.since <= at)) return;
    if (this.#evidence.wasInForAWhile(user, room, at)) return;
    const what = `${via} told ${c} the history of room ${room}, which it was out of since ${left.seq}.`;
    this.#findings.add('after_removal', `read ${c} ${room} ${at}`, at, what, { c, room, seq: left.seq });
  }

  /** I9: every member shows the room. */
  #judgeAbsentViews(): void {
    if (this.views === 0) return;
    for (const [c, user] of this.#evidence.clients) {
      for (const [room, logs] of this.#evidence.rooms) {
        const member = this.#evidence.guarded.has(room) && this.#evidence.isIn(user, room);
        if (!member || logs.end === 0 || this.#shown.has(`${c} ${room}`)) continue;
        const what = `${c} shows nothing of room ${room}; the log ends at ${logs.end}.`;
        this.#findings.add('tail_lost', `${c} ${room}`, this.#evidence.ended_at, what, { c, room });
      }
    }
  }

  /** What was never answered is in the log or still in its outbox: an outbox does not forget. */
  #judgeForgotten(): void {
    const stored = new Set<string>();
    for (const logs of this.#evidence.rooms.values()) for (const [, , cmid] of logs.events.values()) stored.add(cmid);
    for (const { at, c, cmid, digest, fail, ok, room } of this.#evidence.messages.values()) {
      if (ok !== undefined || fail !== undefined || stored.has(cmid)) continue;
      const waiting = this.#shown.get(`${c} ${room}`);
      if (waiting === undefined || waiting.has(digest)) continue;
      if (this.#evidence.epochs.some((epoch) => epoch.at > at)) continue;
      const what = `${c} was never answered for ${cmid} in room ${room}, and does not hold it any more.`;
      this.#findings.add('lost', cmid, at, what, { c, room, cmid });
    }
  }
}
