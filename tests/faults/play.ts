import { digestOf, type HistoryLine, type LoggedEvent } from './history.ts';
import { Random } from './random.ts';

export const ROOMS = ['11', '12', '13'] as const;
/** The last two are two devices of one person. */
export const CLIENTS = { c0: '1', c1: '2', c2: '3', c3: '4', c4: '5', c5: '6', c6: '6' } as const;
const USERS = [...new Set<string>(Object.values(CLIENTS))];
const OWNER = '1';
const SHOWN = 30;

interface Sent {
  c: string;
  user: string;
  room: string;
  cmid: string;
  digest: string;
}

export interface Told extends Sent {
  seq: number;
}

export interface Turn {
  user: string;
  room: string;
  seq: number;
  in: boolean;
  since: number;
  at: number;
}

const VIAS = ['pg', 'gw-0', 'gw-1'];

/** Makes up a run in which everything is as it should be, step by step. */
export class Play {
  readonly lines: HistoryLine[] = [];
  readonly logs = new Map<string, LoggedEvent[]>();
  readonly turns: Turn[] = [];
  at = 0;
  readonly #random: Random;
  readonly #inside = new Map<string, Set<string>>();
  readonly #waiting: Sent[] = [];
  #count = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#put({ e: 'run', at: this.#tick(), seed, commit: 'none', clients: 7, rooms: ROOMS.length });
    for (const room of ROOMS) {
      this.logs.set(room, []);
      this.#inside.set(room, new Set());
      for (const user of USERS) this.enter(room, user);
    }
  }

  step(): void {
    const chance = this.#random.next();
    const room = this.#random.pick(ROOMS);
    const c = this.#random.pick(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[]);
    const user = CLIENTS[c];
    if (chance < 0.4) this.send(c, room);
    else if (chance < 0.85) this.storeOne();
    else if (chance < 0.92) this.read(c, room);
    else if (user === OWNER || user === '6') return;
    else if (this.isIn(room, user)) this.leave(room, user);
    else this.enter(room, user);
  }

  send(c: string, room: string): Sent {
    const user = CLIENTS[c as keyof typeof CLIENTS];
    const cmid = `m${this.#count++}`;
    const sent = { c, user, room, cmid, digest: digestOf(cmid) };
    this.#put({ e: 'invoke', at: this.#tick(), ...sent });
    this.#waiting.push(sent);
    return sent;
  }

  /** Sends, and stores that. Nothing else is waiting. */
  deliver(c: string, room: string): Told | undefined {
    this.send(c, room);
    return this.storeOne();
  }

  /** Takes the first message of a client and room. */
  storeOne(): Told | undefined {
    const any = this.#random.between(0, Math.max(0, this.#waiting.length - 1));
    const chosen = this.#waiting[any];
    const first = this.#waiting.findIndex((one) => one.c === chosen?.c && one.room === chosen.room);
    const [sent] = first < 0 ? [] : this.#waiting.splice(first, 1);
    if (sent === undefined) return undefined;
    const { c, cmid, digest, room, user } = sent;
    if (!this.isIn(room, user)) {
      this.#put({ e: 'fail', at: this.#tick(), c, cmid, code: 'not_member' });
      return undefined;
    }
    const seq = this.#append(room, user, cmid, digest, 'message');
    this.#put({ e: 'ok', at: this.#tick(), c, cmid, room, seq });
    return { ...sent, seq };
  }

  storeAll(): Told[] {
    const told: Told[] = [];
    while (this.#waiting.length > 0) {
      const one = this.storeOne();
      if (one !== undefined) told.push(one);
    }
    return told;
  }

  read(c: string, room: string): void {
    const user = CLIENTS[c as keyof typeof CLIENTS];
    if (!this.isIn(room, user)) return;
    const since = this.#tick();
    const head = this.head(room);
    this.#put({ e: 'read', at: this.#tick(), since, c, user, room, via: 'gw-0', head });
  }

  enter(room: string, user: string): void {
    const since = this.#tick();
    this.#inside.get(room)?.add(user);
    const seq = this.#append(room, user, '', '', 'joined');
    this.turns.push({ user, room, seq, in: true, since, at: this.#tick() });
  }

  leave(room: string, user: string): void {
    const since = this.#tick();
    const seq = this.#append(room, user, '', '', 'left');
    this.#inside.get(room)?.delete(user);
    this.turns.push({ user, room, seq, in: false, since, at: this.#tick() });
  }

  isIn(room: string, user: string): boolean {
    return this.#inside.get(room)?.has(user) === true;
  }

  head(room: string): number {
    return this.logs.get(room)?.length ?? 0;
  }

  /** Puts the first room back to an earlier end. */
  restore(said: boolean): void {
    this.storeAll();
    const [room] = ROOMS;
    const heads = Object.fromEntries(ROOMS.map((one) => [one, this.head(one)]));
    for (let n = 0; n < 5; n++) this.send('c0', room);
    this.send('c5', room);
    const gone = this.storeAll().map((one) => one.cmid);
    this.send('c5', room);
    this.logs.get(room)?.splice(heads[room] ?? 0);
    this.#put({ e: 'epoch', at: this.#tick(), lost: said ? gone : [], heads });
  }

  finish(): void {
    this.storeAll();
    for (const turn of this.turns) this.#put({ e: 'member', ...turn });
    for (const [c, user] of Object.entries(CLIENTS)) {
      for (const room of ROOMS) {
        if (!this.isIn(room, user)) continue;
        const events = (this.logs.get(room) ?? [])
          .slice(-SHOWN)
          .map(([seq, , , digest]): [number, string] => [seq, digest]);
        this.#put({ e: 'view', at: this.#tick(), c, user, room, events, pending: [] });
      }
    }
    for (const via of VIAS) {
      for (const [room, log] of this.logs) {
        const events = log.map((one): LoggedEvent => [one[0], one[1], via === 'pg' ? one[2] : '', one[3]]);
        this.#put({ e: 'log', at: this.#tick(), via, room, head: log.length, events });
      }
    }
  }

  #append(room: string, sender: string, cmid: string, digest: string, type: string): number {
    const seq = this.head(room) + 1;
    this.logs.get(room)?.push([seq, sender, cmid, digest]);
    for (const [c, user] of Object.entries(CLIENTS)) {
      if (!this.isIn(room, user) || (type === 'left' && user === sender)) continue;
      const own = user === sender && cmid !== '' ? { cmid } : {};
      this.#put({ e: 'recv', at: this.#tick(), c, user, room, seq, type, sender, digest, ...own });
    }
    return seq;
  }

  #tick(): number {
    this.at += this.#random.between(1, 4);
    return this.at;
  }

  #put(line: HistoryLine): void {
    this.lines.push(line);
  }
}
