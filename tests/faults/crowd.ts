import { CrowdClient } from './crowd_client.ts';
import { CrowdHabits } from './crowd_habits.ts';
import { CrowdRoom, Desk } from './crowd_room.ts';
import { CrowdWriter } from './crowd_writer.ts';
import { percentile } from './fault_rows.ts';
import { digestOf, digestOfEvent, type HistoryLine, type Recorder, type ShownEvent } from './history.ts';
import { Random } from './random.ts';
import { type PlannedRoom, planRooms } from './room_plan.ts';
import { now, sleep, until } from './time.ts';

export interface CrowdOptions {
  /** Where clients go: what a browser would have in its address bar. */
  url: string;
  /** Each gateway itself. */
  gateways: string[];
  clients: number;
  rooms: number;
  seed: number;
  recorder: Recorder;
  /** Messages a second, of all together. */
  rate_per_s: number;
}

export interface Progress {
  /** Given to outboxes, acknowledged, refused for good. */
  sent: number;
  acked: number;
  refused: number;
  /** Still in outboxes. */
  pending: number;
  /** Not sent because the client had too much waiting. */
  held_back: number;
  connected: number;
  drops: number;
  reloads: number;
  pauses: number;
  turns: number;
  relogins: number;
}

const SECOND_DEVICES = 2;
const ENTER_AT_ONCE = 4;
const START_WITHIN_MS = 60_000;
const SETTLE_STEP_MS = 50;
const PASSWORD = 'correct horse battery';

/** Counts on the way to the record. */
class Counter implements Recorder {
  refused = 0;
  readonly pings: { at: number; ms: number }[] = [];
  readonly #into: Recorder;

  constructor(into: Recorder) {
    this.#into = into;
  }

  put(line: HistoryLine): void {
    this.#into.put(line);
    if (line.e === 'fail') this.refused++;
    else if (line.e === 'ping') this.pings.push({ at: line.at, ms: line.ms });
  }
}

/** People who write to each other through the real engine, and misbehave as people's devices do, while everything they are
 *  told is recorded. */
export class Crowd {
  readonly clients: readonly CrowdClient[];
  readonly rooms: readonly CrowdRoom[];
  readonly #counter: Counter;
  readonly #writer: CrowdWriter;
  readonly #habits: CrowdHabits;
  #quiet = 0;
  /** What the last `settle` waited for, with the time since its beginning at which that was seen last. */
  waited_for: readonly { what: string; ms: number }[] = [];

  constructor(clients: CrowdClient[], rooms: CrowdRoom[], counter: Counter, writer: CrowdWriter, habits: CrowdHabits) {
    this.clients = clients;
    this.rooms = rooms;
    this.#counter = counter;
    this.#writer = writer;
    this.#habits = habits;
  }

  /** Nobody begins anything: no messages, no lost connections, no coming and going. May be nested. */
  pause(): void {
    if (this.#quiet++ > 0) return;
    this.#writer.stop();
    this.#habits.stop();
  }

  resume(): void {
    if (this.#quiet === 0 || --this.#quiet > 0) return;
    this.#writer.start();
    this.#habits.start();
  }

  /** Waits, with nobody beginning anything, until every outbox is empty and every member shows every room to the head that
   *  REST tells. Resolves with how long that took; rejects with what is missing when it takes longer than `within_ms`. */
  async settle(within_ms: number): Promise<number> {
    const begin = now();
    this.pause();
    let timer: unknown;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), within_ms);
    });
    const seen = new Map<string, number>();
    try {
      for (;;) {
        const missing = await this.#missing(late);
        for (const what of missing) seen.set(what.replace(/\d+ (messages|of)/g, '… $1'), now() - begin);
        if (missing.length === 0) return now() - begin;
        if (now() - begin > within_ms) throw new Error(`not settled: ${missing.slice(0, 8).join('; ')}`);
        await sleep(SETTLE_STEP_MS);
      }
    } finally {
      this.waited_for = [...seen].map(([what, ms]) => ({ what, ms: Math.round(ms) })).sort((a, b) => b.ms - a.ms);
      clearTimeout(timer as NodeJS.Timeout);
      this.resume();
    }
  }

  /** Records what every client shows of every room it is in. */
  views(): void {
    for (const client of this.clients) {
      const { chat, me } = client;
      for (const { id: room } of this.rooms) {
        if (chat.list.get(room) === undefined) continue;
        const shown = chat.log(room).view.get().events;
        const events = shown.map(({ body, seq, type }): ShownEvent => [seq, digestOfEvent(type, body)]);
        const pending = chat.outbox.entries.get().filter((entry) => entry.room === room);
        const digests = pending.map((entry) => digestOf(entry.body));
        this.#counter.put({ e: 'view', at: now(), c: client.c, user: me.id, room, events, pending: digests });
      }
    }
  }

  /** Every connection ends at once. */
  cut(): void {
    for (const client of this.clients) client.drop();
  }

  /** Everybody closes the page. Nothing of the crowd goes on. */
  stop(): void {
    this.pause();
    this.#habits.end();
    for (const client of this.clients) client.stop();
  }

  pingStats(): { answered: number; p50: number; p99: number; max: number } {
    const waits = this.#counter.pings.map((ping) => ping.ms);
    const [p50, p99] = [percentile(waits, 0.5), percentile(waits, 0.99)];
    return { answered: waits.length, p50, p99, max: waits.at(-1) ?? 0 };
  }

  /** Of the acks that came in that time: how long after the message was written. */
  ackStats(from_ms: number, to_ms: number): { acked: number; p50: number; p99: number } {
    const waits = this.#writer.waits.filter((one) => one.at >= from_ms && one.at <= to_ms).map((one) => one.ms);
    return { acked: waits.length, p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) };
  }

  progress(): Progress {
    const { acked, held_back, sent } = this.#writer;
    const { drops, pauses, reloads, turns } = this.#habits;
    return {
      sent,
      acked,
      refused: this.#counter.refused,
      pending: this.clients.reduce((sum, client) => sum + pendingOf(client), 0),
      held_back,
      connected: this.clients.filter((client) => client.ready).length,
      drops,
      reloads,
      pauses,
      turns,
      relogins: this.clients.reduce((sum, client) => sum + client.relogins, 0),
    };
  }

  /** What is not as it has to be; empty when everything is. */
  async #missing(late: Promise<undefined>): Promise<string[]> {
    const busy = this.#habits.busy;
    if (busy !== undefined) return [busy];
    const local = this.clients.flatMap((client) => {
      if (!client.ready) return [`${client.c} is not connected`];
      const pending = pendingOf(client);
      return pending > 0 ? [`${client.c} has ${pending} messages without an answer`] : [];
    });
    if (local.length > 0) return local;
    const heads = this.rooms.map((room) => room.catchUp());
    const known = await Promise.race([Promise.all(heads), late]);
    if (known === undefined) return ['REST does not tell the rooms'];
    return [...this.#habits.failed, ...this.rooms.flatMap((room, i) => this.#missingIn(room, known[i] ?? 0))];
  }

  #missingIn(room: CrowdRoom, head: number): string[] {
    return this.clients.flatMap((client) => {
      const known = client.chat.list.get(room.id) !== undefined;
      if (!room.inside.has(client.me.id)) return known ? [`${client.c} still lists room ${room.id}`] : [];
      if (!known) return [`${client.c} does not list room ${room.id}`];
      const view = client.chat.log(room.id).view.get();
      const last = view.events.at(-1)?.seq ?? 0;
      if (view.status === 'ready' && view.at_end && last === head) return [];
      return [
        `${client.c} shows room ${room.id} to ${last} of ${head} (${view.status}${view.at_end ? '' : ', not at its end'})`,
      ];
    });
  }
}

function pendingOf(client: CrowdClient): number {
  return client.chat.outbox.entries.get().filter((entry) => entry.state === 'pending').length;
}

export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const random = new Random(options.seed);
  const counter = new Counter(options.recorder);
  const people = options.clients - (options.clients > 4 * SECOND_DEVICES ? SECOND_DEVICES : 0);
  const plan = planRooms(people, options.rooms, random.fork());
  let writer: CrowdWriter | undefined;
  const acked = (cmid: string): void => writer?.acked_one(cmid);
  const clients = await enterAll(options, people, counter, acked);
  let over = false;
  const desk = new Desk(options.gateways, random.fork(), () => !over);
  const rooms = await Promise.all(
    plan.map((one, i) => makeRoom(one, i, { clients, desk, options, recorder: counter })),
  );
  for (const client of clients) client.start();
  writer = new CrowdWriter({
    clients,
    rooms,
    random: random.fork(),
    recorder: counter,
    rate_per_s: options.rate_per_s,
  });
  const habits = new CrowdHabits({
    clients,
    rooms,
    random: random.fork(),
    desk,
    write: writer.write.bind(writer),
    ended: () => {
      over = true;
    },
  });
  const crowd = new Crowd(clients, rooms, counter, writer, habits);
  habits.begin();
  habits.start();
  crowd.pause();
  await until('everybody is connected', START_WITHIN_MS, () => clients.every((client) => client.ready));
  await crowd.settle(START_WITHIN_MS);
  crowd.resume();
  return crowd;
}

/** The last are second devices of the first. */
async function enterAll(
  options: CrowdOptions,
  people: number,
  recorder: Recorder,
  acked: (cmid: string) => void,
): Promise<CrowdClient[]> {
  const unique = `${options.seed.toString(36)}${Date.now().toString(36)}`;
  const entered: CrowdClient[] = [];
  let next = 0;
  const enterNext = async (from: number, to: number): Promise<void> => {
    for (let i = from + next++; i < to; i = from + next++) {
      const second = i >= people;
      const username = `p${second ? i - people : i}.${unique}`;
      const parts = { c: `c${i}`, url: options.url, username, password: PASSWORD, recorder, acked };
      entered[i] = await CrowdClient.enter(parts, second ? 'login' : 'register');
    }
  };
  for (const [from, to] of [
    [0, people],
    [people, options.clients],
  ] as const) {
    next = 0;
    await Promise.all(Array.from({ length: ENTER_AT_ONCE }, () => enterNext(from, to)));
  }
  return entered;
}

interface Makings {
  clients: readonly CrowdClient[];
  desk: Desk;
  options: CrowdOptions;
  recorder: Recorder;
}

async function makeRoom(plan: PlannedRoom, i: number, makings: Makings): Promise<CrowdRoom> {
  const { clients, desk, options, recorder } = makings;
  const [owner, ...others] = plan.people.flatMap((person) => clients[person] ?? []);
  if (owner === undefined) throw new Error('A room needs an owner.');
  const made_at = now();
  const members = others.map((one) => one.me.id);
  const name = `room ${i} ${options.seed} ${Date.now()}`;
  const asked =
    plan.kind === 'dm'
      ? desk.ask(owner, 'POST', '/dms', { user: members[0] })
      : desk.ask(owner, 'POST', '/rooms', { kind: plan.kind, name, members: plan.kind === 'public' ? [] : members });
  const { id } = (await asked) as { id: string };
  if (plan.kind === 'public') for (const one of others) await desk.ask(one, 'POST', `/rooms/${id}/join`, {});
  return new CrowdRoom(id, plan.kind, owner, desk, recorder, made_at);
}
