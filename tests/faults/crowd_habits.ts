import type { CrowdClient } from './crowd_client.ts';
import type { CrowdRoom, Desk } from './crowd_room.ts';
import type { Random } from './random.ts';

export interface HabitsParts {
  clients: readonly CrowdClient[];
  rooms: readonly CrowdRoom[];
  random: Random;
  desk: Desk;
  /** Writes one message. */
  write: (client: CrowdClient, room: CrowdRoom) => void;
  /** Nothing is to be tried again from here on. */
  ended: () => void;
}

const LOOK_EVERY_MS = 200;
const PING_EVERY_MS = 1_000;
const PROBE_EVERY_MS = 400;
/** Half of the clients lose their connection or load their page anew about so often. */
const RESTLESS_EVERY_MS = 12_000;
const RELOADS = 0.3;
const AWAY_MS = 2_000;
/** How many read slowly now and then, about how often, and how long at most. */
const SLOW_CLIENTS = 3;
const SLOW_EVERY_MS = 20_000;
const SLOW_MS = 6_000;
/** How many come and go, about how often one of them, and how many places may be empty at once. */
const MOVERS = 5;
const MOVE_EVERY_MS = 2_000;
const OUT_MOST = 3;
/** So many messages he writes meanwhile. */
const CHATTER = 5;
/** Chances a look that a client reads, and types. */
const READS = 0.05;
const TYPES = 0.01;
const TURNS_ROOM = 0.02;

/** What the clients do besides writing: look at rooms, lose connections, read slowly, come and go. */
export class CrowdHabits {
  drops = 0;
  reloads = 0;
  pauses = 0;
  turns = 0;
  /** Coming and going that went wrong. */
  readonly failed: string[] = [];

  readonly #parts: HabitsParts;
  readonly #always: NodeJS.Timeout[] = [];
  readonly #now: NodeJS.Timeout[] = [];
  /** Pages that are closed for a moment, and lines that are not read: what ends that. */
  readonly #interrupted = new Map<CrowdClient, () => void>();
  readonly #out: { client: CrowdClient; room: CrowdRoom }[] = [];
  #moving: string | undefined;

  constructor(parts: HabitsParts) {
    this.#parts = parts;
  }

  /** What nobody ever stops doing. */
  begin(): void {
    const { clients } = this.#parts;
    const look = setInterval(() => {
      for (const client of clients) this.#look(client);
    }, LOOK_EVERY_MS);
    const ping = setInterval(() => {
      for (const client of clients) client.ping();
    }, PING_EVERY_MS);
    this.#always.push(look, ping);
  }

  start(): void {
    this.#every(RESTLESS_EVERY_MS / Math.max(1, this.#restless.length), () => this.#unsettle());
    this.#every(SLOW_EVERY_MS / SLOW_CLIENTS, () => this.#slowDown());
    this.#every(MOVE_EVERY_MS, () => this.#move());
    this.#every(PROBE_EVERY_MS, () => this.#probe());
  }

  /** Whoever is away comes back; who is out of a room stays out. */
  stop(): void {
    for (const timer of this.#now.splice(0)) clearInterval(timer);
    for (const end of [...this.#interrupted.values()]) end();
  }

  /** For good. */
  end(): void {
    this.stop();
    for (const timer of this.#always.splice(0)) clearInterval(timer);
    this.#parts.ended();
  }

  /** What is being done and cannot be left half done. */
  get busy(): string | undefined {
    return this.#moving;
  }

  get #restless(): CrowdClient[] {
    return this.#parts.clients.filter((_, i) => i % 2 === 1);
  }

  /** Does something about so often, as chance has it. */
  #every(about_ms: number, what: () => void): void {
    const step_ms = Math.min(about_ms, LOOK_EVERY_MS);
    const timer = setInterval(() => {
      if (this.#parts.random.next() < step_ms / about_ms) what();
    }, step_ms);
    this.#now.push(timer);
  }

  /** As a person does who has the rooms before him: sees that each is loaded, reads, types, goes from one to another. */
  #look(client: CrowdClient): void {
    const { random, rooms } = this.#parts;
    const { chat } = client;
    if (!client.open) return;
    void client.relogin();
    const mine = rooms.filter((room) => chat.list.get(room.id) !== undefined);
    for (const { id } of mine) {
      const log = chat.log(id);
      const { at_end, status } = log.view.get();
      if (status === 'empty' || status === 'failed' || (status === 'ready' && !at_end)) void log.openNewest();
      else log.trimOlder();
    }
    for (const entry of chat.outbox.entries.get()) if (entry.state === 'failed') chat.outbox.discard(entry.cmid);
    if (mine.length === 0 || this.#now.length === 0) return;
    const { id } = random.pick(mine);
    const last = chat.log(id).view.get().events.at(-1);
    if (random.next() < READS && last !== undefined) chat.reading.seen(id, last);
    if (random.next() < TYPES) chat.teller.typed(id);
    if (random.next() < TURNS_ROOM) chat.activate(id);
  }

  #unsettle(): void {
    const { random } = this.#parts;
    const client = random.pick(this.#restless);
    if (this.#interrupted.has(client)) return;
    if (random.next() >= RELOADS) {
      this.drops++;
      client.drop();
      return;
    }
    this.reloads++;
    client.stop();
    this.#interrupt(client, random.next() * AWAY_MS, () => client.start());
  }

  #slowDown(): void {
    const { clients, random } = this.#parts;
    const client = clients[2 * random.between(0, SLOW_CLIENTS - 1)];
    if (client === undefined || this.#interrupted.has(client)) return;
    this.pauses++;
    client.slow(true);
    this.#interrupt(client, random.next() * SLOW_MS, () => client.slow(false));
  }

  #interrupt(client: CrowdClient, ms: number, back: () => void): void {
    const end = (): void => {
      clearTimeout(timer);
      this.#interrupted.delete(client);
      back();
    };
    const timer = setTimeout(end, ms);
    this.#interrupted.set(client, end);
  }

  /** Somebody goes out of a room; later he comes in again. One at a time. */
  #move(): void {
    const { clients, random, rooms } = this.#parts;
    if (this.#moving !== undefined) return;
    const back = this.#out[0];
    if (back !== undefined && (this.#out.length >= OUT_MOST || random.next() < 0.5)) {
      this.#out.shift();
      const { client, room } = back;
      void this.#turn(`${client.c} comes into room ${room.id}`, () =>
        this.#chatter(client, room, () => room.takeIn(client)),
      );
      return;
    }
    const room = random.pick(rooms);
    const movers = clients.slice(-2 * MOVERS - 2, -2).filter((client) => room.inside.has(client.me.id));
    if (room.kind === 'dm' || movers.length === 0) return;
    const client = random.pick(movers);
    if (client.me.id === room.owner.me.id) return;
    const by_owner = random.next() < 0.5;
    void this.#turn(`${client.c} goes out of room ${room.id}`, async () => {
      await this.#chatter(client, room, () => room.takeOut(client, by_owner));
      this.#out.push({ client, room });
    });
  }

  /** Messages that are under way while somebody comes or goes: each is either stored or refused. */
  async #chatter(client: CrowdClient, room: CrowdRoom, act: () => Promise<void>): Promise<void> {
    const { random, write } = this.#parts;
    let left = CHATTER;
    const timer = setInterval(
      () => {
        if (left-- > 0) write(client, room);
      },
      random.between(1, 30),
    );
    try {
      await act();
    } finally {
      clearInterval(timer);
    }
  }

  async #turn(what: string, act: () => Promise<void>): Promise<void> {
    this.#moving = what;
    try {
      await act();
      this.turns++;
    } catch (error) {
      this.failed.push(`${what}: ${error instanceof Error ? error.message : error}`);
    } finally {
      this.#moving = undefined;
    }
  }

  /** Somebody reads the newest of a room, through any gateway; also one that he is out of. */
  #probe(): void {
    const { clients, desk, random, rooms } = this.#parts;
    const room = random.pick(rooms);
    const out = random.next() < 0.2 ? this.#out[0] : undefined;
    if (out !== undefined) return void desk.probe(out.client, out.room.id);
    const inside = clients.filter((client) => room.inside.has(client.me.id));
    if (inside.length > 0) void desk.probe(random.pick(inside), room.id);
  }
}
