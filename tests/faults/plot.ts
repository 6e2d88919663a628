import { digestOf, type HistoryLine, type LineOf, type LoggedEvent } from './history.ts';
import { CLIENTS, Play, ROOMS, type Told, type Turn } from './play.ts';

const STEPS = 260;
/** Out of the first room when the run ends. */
const LEAVER = { c: 'c3', user: '4' };

type Lines = HistoryLine[];

/** A made-up run without a fault, and the ways to make one thing wrong in it: each returns the changed record. */
export class Plot {
  readonly lines: Readonly<Lines>;
  readonly rooms = ROOMS;
  readonly clients = Object.keys(CLIENTS);
  readonly room = ROOMS[0];
  readonly #seed: number;
  /** Two of one client, stored one behind the other. */
  readonly #pair: [Told, Told];
  /** Of two clients, one behind the other. */
  readonly #two: [Told, Told];
  readonly #left: Turn;
  readonly #after: Told;
  readonly #head: number;

  constructor(seed: number, restored?: { said: boolean }) {
    const play = new Play(seed);
    for (let n = 0; n < STEPS; n++) play.step();
    play.storeAll();
    if (restored !== undefined) play.restore(restored.said);
    const { room } = this;
    play.storeAll();
    if (!play.isIn(room, LEAVER.user)) play.enter(room, LEAVER.user);
    play.leave(room, LEAVER.user);
    this.#left = must(play.turns.at(-1));
    this.#after = must(play.deliver('c0', room));
    play.send('c0', room);
    play.send('c0', room);
    this.#pair = [must(play.storeOne()), must(play.storeOne())];
    this.#two = [must(play.deliver('c5', room)), must(play.deliver('c0', room))];
    this.#head = play.head(room);
    play.finish();
    this.#seed = seed;
    this.lines = play.lines;
  }

  get end(): number {
    return must(this.lines.at(-1)).at + 1;
  }

  /** Of somebody who is in all rooms from the beginning to the end. */
  readonly isSteady = (line: LineOf<'recv'>): boolean => line.user === CLIENTS.c0;
  readonly hasBody = (line: LineOf<'recv'>): boolean => line.digest !== '';

  /** Changes, or leaves out, the first line of a kind that is `fit`. */
  change<E extends HistoryLine['e']>(
    e: E,
    how: (line: LineOf<E>) => LineOf<E> | undefined,
    fit: (line: LineOf<E>) => boolean = () => true,
  ): Lines {
    let done = false;
    const lines = this.#changed(e, (line) => {
      if (done || !fit(line)) return line;
      done = true;
      return how(line);
    });
    if (!done) throw new Error(`The plot has no such ${e}.`);
    return lines;
  }

  lose(): Lines {
    const [, two] = this.#two;
    const lost = this.#begun('lost', two.c);
    return this.#beforeEnd([lost, { e: 'ok', at: lost.at, c: lost.c, cmid: lost.cmid, room: lost.room, seq: two.seq }]);
  }

  forget(): Lines {
    return this.#beforeEnd([this.#begun('forgotten', 'c0')]);
  }

  storeTwice(): Lines {
    const [one] = this.#two;
    return this.#stored([this.#head + 1, one.user, one.cmid, one.digest]);
  }

  inventStored(): Lines {
    return this.#stored([this.#head + 1, CLIENTS.c0, 'invented', digestOf('invented')]);
  }

  storeWhileOut(): Lines {
    const begun = this.#begun('outside', LEAVER.c);
    return this.#stored([this.#head + 1, begun.user, begun.cmid, begun.digest], this.#beforeEnd([begun]));
  }

  /** The two of one client change places, in everything that anybody saw. */
  swapSent(): Lines {
    const [one, two] = this.#pair;
    const seqs = new Map([
      [one.cmid, two.seq],
      [two.cmid, one.seq],
      [one.digest, two.seq],
      [two.digest, one.seq],
    ]);
    return this.lines.map((line) => {
      if (line.e === 'ok') return { ...line, seq: seqs.get(line.cmid) ?? line.seq };
      if (line.e === 'recv') return { ...line, seq: seqs.get(line.digest) ?? line.seq };
      if (line.e === 'view')
        return {
          ...line,
          events: line.events.map(([seq, d]): [number, string] => [seqs.get(d) ?? seq, d]).sort(bySeq),
        };
      if (line.e !== 'log') return line;
      const events = line.events.map((one): LoggedEvent => [seqs.get(one[3]) ?? one[0], one[1], one[2], one[3]]);
      return { ...line, events: events.sort(bySeq) };
    });
  }

  beginLate(): Lines {
    const [late, other] = this.#two;
    const moved = this.lines.filter((line) => (line.e === 'invoke' || line.e === 'ok') && line.cmid === late.cmid);
    const rest = this.lines.filter((line) => !moved.includes(line));
    const at = rest.findIndex((line) => line.e === 'ok' && line.cmid === other.cmid);
    const when = must(rest[at]).at;
    return [...rest.slice(0, at + 1), ...moved.map((line) => ({ ...line, at: when })), ...rest.slice(at + 1)];
  }

  receiveWhileOut(): Lines {
    const { digest, room, seq, user: sender } = this.#after;
    return this.#beforeEnd([{ e: 'recv', at: 0, ...LEAVER, room, seq, type: 'message', sender, digest }]);
  }

  /** Out, and in again later: what came between is not for him until he asked to come in. */
  receiveBeforeReturn(): Lines {
    const turns = this.lines.filter((line) => line.e === 'member');
    for (const back of turns) {
      const left = turns.findLast((one) => one.user === back.user && one.room === back.room && one.seq < back.seq);
      if (!back.in || left === undefined || back.seq - left.seq < 2) continue;
      const [c = ''] = must(Object.entries(CLIENTS).find(([, user]) => user === back.user));
      const seen = this.lines.find((one) => one.e === 'recv' && one.room === back.room && one.seq === left.seq + 1);
      if (seen === undefined) continue;
      const at = this.lines.findIndex((line) => line.at >= back.since);
      const early = { ...seen, at: back.since - 1, c, user: back.user } as HistoryLine;
      return [...this.lines.slice(0, at), early, ...this.lines.slice(at)];
    }
    throw new Error('The plot has nobody who came back.');
  }

  readWhileOut(): Lines {
    const since = this.#left.at + 1;
    return this.#beforeEnd([{ e: 'read', at: 0, since, ...LEAVER, room: this.room, via: 'gw-1', head: this.#head }]);
  }

  readStale(): Lines {
    const [, { c, room, seq, user }] = this.#two;
    const since = must(this.lines.findLast((line) => line.e === 'ok')).at + 1;
    return this.#beforeEnd([{ e: 'read', at: 0, since, c, user, room, via: 'gw-1', head: seq - 1 }]);
  }

  corrupt(): Lines {
    const { digest } = this.#after;
    const swapped = (one: string): string => (one === digest ? 'badbadbadbadbadb' : one);
    return this.lines.map((line) => {
      if (line.e === 'recv') return { ...line, digest: swapped(line.digest) };
      if (line.e === 'view')
        return { ...line, events: line.events.map(([seq, d]): [number, string] => [seq, swapped(d)]) };
      if (line.e !== 'log') return line;
      return { ...line, events: line.events.map((one): LoggedEvent => [one[0], one[1], one[2], swapped(one[3])]) };
    });
  }

  refuseStored(): Lines {
    const { c, cmid } = this.#after;
    return this.#changed(
      'ok',
      (line): HistoryLine => (line.cmid === cmid ? { e: 'fail', at: line.at, c, cmid, code: 'not_member' } : line),
    );
  }

  /** The event with which somebody went out is nowhere. */
  holeInLog(): Lines {
    const { room, seq } = this.#left;
    return this.lines
      .filter((line) => line.e !== 'recv' || line.room !== room || line.seq !== seq)
      .map((line) => {
        if (line.e === 'view' && line.room === room)
          return { ...line, events: line.events.filter(([one]) => one !== seq) };
        if (line.e !== 'log' || line.room !== room) return line;
        return { ...line, events: line.events.filter(([one]) => one !== seq) };
      });
  }

  headBeyond(): Lines {
    return this.#changed('log', (log) => (log.room === this.room ? { ...log, head: log.head + 1 } : log));
  }

  ackWrongly(): Lines {
    return this.change(
      'ok',
      (line) => ({ ...line, seq: line.seq - 1 }),
      (line) => line.cmid === this.#after.cmid,
    );
  }

  ackAgain(): Lines {
    const { c, cmid, room, seq } = this.#after;
    return this.#beforeEnd([{ e: 'ok', at: 0, c, cmid, room, seq: seq - 1 }]);
  }

  ackNever(): Lines {
    return this.#beforeEnd([{ e: 'ok', at: 0, c: 'c0', cmid: 'never', room: this.room, seq: 3 }]);
  }

  restored(said: boolean): Readonly<Lines> {
    return new Plot(this.#seed, { said }).lines;
  }

  #begun(cmid: string, c: string): LineOf<'invoke'> {
    const user = CLIENTS[c as keyof typeof CLIENTS];
    return { e: 'invoke', at: 0, c, user, room: this.room, cmid, digest: digestOf(cmid) };
  }

  /** Puts lines before what is recorded at the end. */
  #beforeEnd(more: HistoryLine[]): Lines {
    const at = this.lines.findIndex((line) => line.e === 'member');
    const when = must(this.lines[at]).at;
    return [...this.lines.slice(0, at), ...more.map((line) => ({ ...line, at: when })), ...this.lines.slice(at)];
  }

  /** The first room ends with this event, and all members show it. */
  #stored(event: LoggedEvent, lines: Readonly<Lines> = this.lines): Lines {
    const [seq, sender, cmid, digest] = event;
    return lines.map((line) => {
      if (line.e === 'view' && line.room === this.room) return { ...line, events: [...line.events, [seq, digest]] };
      if (line.e !== 'log' || line.room !== this.room) return line;
      const told: LoggedEvent = [seq, sender, line.via === 'pg' ? cmid : '', digest];
      return { ...line, head: seq, events: [...line.events, told] };
    });
  }

  #changed<E extends HistoryLine['e']>(e: E, how: (line: LineOf<E>) => HistoryLine | undefined): Lines {
    return this.lines.flatMap((line) => (line.e === e ? (how(line as LineOf<E>) ?? []) : line));
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The plot lacks a scene.');
  return value;
}

const bySeq = ([a]: [number, ...unknown[]], [b]: [number, ...unknown[]]): number => a - b;
