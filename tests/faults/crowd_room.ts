import { ApiError } from '@/client/error';
import { Http } from '@/client/http';
import type { Event, Rest } from '@/protocol/ops.gen';
import type { CrowdClient } from './crowd_client.ts';
import type { Recorder } from './history.ts';
import type { Random } from './random.ts';
import type { PlannedKind } from './room_plan.ts';
import { now, sleep } from './time.ts';

type Page = Rest['GET /rooms/{room}/messages']['reply'];

const PAGE_EVENTS = 200;
const RETRY_MS = 300;

/** Asks a gateway itself in the name of a client; each try another one, for as long as `on` says. Throws the ApiError that is an
 *  answer for good. */
export class Desk {
  readonly #doors: Http[];
  readonly #vias: string[];
  readonly #random: Random;
  readonly #on: () => boolean;

  constructor(gateways: readonly string[], random: Random, on: () => boolean) {
    this.#doors = gateways.map((origin) => new Http(origin, (input, init) => fetch(input, init)));
    this.#vias = gateways.map((_, i) => `gw-${i}`);
    this.#random = random;
    this.#on = on;
  }

  async ask(client: CrowdClient, method: string, path: string, body?: unknown): Promise<unknown> {
    for (;;) {
      try {
        const token = await client.auth.token();
        return await this.#random.pick(this.#doors).request({ method, path, body, token });
      } catch (error) {
        if (!(error instanceof ApiError) || !this.#on()) throw error;
        if (error.code === 'token_expired' || error.code === 'unauthorized') await this.#renew(client);
        else if (!error.retryable) throw error;
      }
      await sleep(RETRY_MS);
    }
  }

  /** The newest of a room, tried once, and recorded as that gateway's answer. */
  async probe(client: CrowdClient, room: string): Promise<void> {
    const i = this.#random.between(0, this.#doors.length - 1);
    try {
      const token = await client.auth.token();
      const since = now();
      const page = await this.#doors[i]?.request({
        method: 'GET',
        path: `/rooms/${room}/messages`,
        query: { limit: 1 },
        token,
      });
      client.ear.page(room, page as Page, this.#vias[i] ?? '', since);
    } catch {
      // No answer is no wrong one.
    }
  }

  async #renew(client: CrowdClient): Promise<void> {
    try {
      await client.auth.replace(await client.auth.token());
    } catch {
      await client.relogin();
    }
  }
}

/** A room of the crowd. Knows from its log who is in it. */
export class CrowdRoom {
  readonly id: string;
  readonly kind: PlannedKind;
  /** In it at the log's end, as far as it was read. */
  readonly inside = new Set<string>();
  readonly #out = new Set<string>();
  readonly owner: CrowdClient;

  readonly #desk: Desk;
  readonly #recorder: Recorder;
  /** When somebody's coming in was first asked for; until his event is found. */
  readonly #asked = new Map<string, number>();
  readonly #recorded = new Set<string>();
  #made_at: number;
  #read_to = 0;
  #epoch = '';
  #reading: Promise<number> | undefined;

  constructor(id: string, kind: PlannedKind, owner: CrowdClient, desk: Desk, recorder: Recorder, made_at: number) {
    this.id = id;
    this.kind = kind;
    this.owner = owner;
    this.#desk = desk;
    this.#recorder = recorder;
    this.#made_at = made_at;
  }

  /** Takes somebody out, by his own hand or the owner's; resolves when the log says so. */
  async takeOut(client: CrowdClient, by_owner: boolean): Promise<void> {
    const user = client.me.id;
    await this.#change(user, false, async () => {
      if (by_owner) await this.#desk.ask(this.owner, 'DELETE', `/rooms/${this.id}/members/${user}`);
      else await this.#desk.ask(client, 'POST', `/rooms/${this.id}/leave`, {});
    });
  }

  async takeIn(client: CrowdClient): Promise<void> {
    const user = client.me.id;
    this.#asked.set(user, now());
    await this.#change(user, true, async () => {
      if (this.kind === 'public') await this.#desk.ask(client, 'POST', `/rooms/${this.id}/join`, {});
      else await this.#desk.ask(this.owner, 'POST', `/rooms/${this.id}/members`, { user });
    });
  }

  /** Was in it, and is not now. */
  isOut(user: string): boolean {
    return this.#out.has(user);
  }

  /** Reads the log on and records who came and went. Returns its head. */
  catchUp(): Promise<number> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  #put(user: string, inside: boolean): void {
    const [into, from] = inside ? [this.inside, this.#out] : [this.#out, this.inside];
    into.add(user);
    from.delete(user);
  }

  async #change(user: string, wanted: boolean, act: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await act();
      } catch (error) {
        // An earlier try, whose answer was lost, may have done it: the log decides.
        if (!(error instanceof ApiError) || error.retryable) throw error;
      }
      await this.catchUp();
      if (this.inside.has(user) === wanted) return;
      await sleep(RETRY_MS);
    }
  }

  async #read(): Promise<number> {
    const { epoch } = this.owner.ear;
    if (epoch !== this.#epoch) {
      // The database was put back: what was read may not be there.
      this.#epoch = epoch;
      this.#read_to = 0;
      this.inside.clear();
      this.#out.clear();
    }
    for (;;) {
      const path = `/rooms/${this.id}/messages?after=${this.#read_to}&limit=${PAGE_EVENTS}`;
      const page = (await this.#desk.ask(this.owner, 'GET', path)) as Page;
      for (const event of page.events) this.#heard(event);
      this.#made_at = 0;
      if (page.complete || page.events.length === 0) return page.head;
    }
  }

  #heard({ data, seq, sender, type }: Event): void {
    this.#read_to = Math.max(this.#read_to, seq);
    if (type === 'message') return;
    const user = (data as { user?: string } | undefined)?.user ?? sender;
    const comes = type !== 'left' && type !== 'removed';
    this.#put(user, comes);
    const key = `${this.#epoch} ${seq}`;
    if (this.#recorded.has(key)) return;
    this.#recorded.add(key);
    const since = comes ? (this.#asked.get(user) ?? this.#made_at) : 0;
    if (comes) this.#asked.delete(user);
    this.#recorder.put({ e: 'member', at: now(), since, user, room: this.id, seq, in: comes });
  }
}
