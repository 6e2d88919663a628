import { isRetryable } from '@/client/error';
import type { FetchFn } from '@/client/http';
import type { Event, Rest, SendFrame, ServerFrame, ServerNack } from '@/protocol/ops.gen';
import { digestOfEvent, type Recorder } from './history.ts';
import { now } from './time.ts';

type Page = Rest['GET /rooms/{room}/messages']['reply'];
type List = Rest['GET /rooms']['reply'];

/** Of each room, so many events are remembered so that what comes again unchanged is not recorded again. */
const REMEMBERED = 800;
const HISTORY = /\/api\/v1\/rooms\/(\d+)\/messages/;
const LIST = /\/api\/v1\/rooms$/;

/** Writes down what one client is told, by frames and by REST. */
export class Ear {
  /** The last epoch that a welcome named. */
  epoch = '';
  readonly #c: string;
  readonly #user: string;
  readonly #recorder: Recorder;
  readonly #acked: (cmid: string) => void;
  /** By a final nack. */
  readonly #refused = new Set<string>();
  readonly #known = new Map<string, Map<number, string>>();

  constructor(c: string, user: string, recorder: Recorder, acked: (cmid: string) => void) {
    this.#c = c;
    this.#user = user;
    this.#recorder = recorder;
    this.#acked = acked;
  }

  frame(frame: ServerFrame): void {
    if (frame.t === 'welcome') this.#welcomed(frame.epoch);
    else if (frame.t === 'event') this.#event(frame);
    else if (frame.t === 'batch') for (const event of frame.events) this.#event(event);
    else if (frame.t === 'ack') this.#ok(frame.cmid, frame.room, frame.seq);
    else if (frame.t === 'resumed') {
      for (const { cmid, room, seq } of frame.acks)
        if (room !== undefined && seq !== undefined) this.#ok(cmid, room, seq);
    } else if (frame.t === 'user' && frame.type !== 'read') {
      const { room, type, useq } = frame;
      this.#recorder.put({ e: 'own', at: now(), c: this.#c, user: this.#user, useq, type, room });
    } else if (frame.t === 'nack') this.#nack(frame);
  }

  #welcomed(epoch: string): void {
    this.epoch = epoch;
    this.#recorder.put({ e: 'welcome', at: now(), c: this.#c });
  }

  /** A frame that the engine sends. */
  tried(text: string): void {
    if (!text.startsWith('{"t":"send"')) return;
    const { cgen, cmid, cseq } = JSON.parse(text) as SendFrame;
    const place = { ...(cseq === undefined ? {} : { cseq }), ...(cgen === undefined ? {} : { cgen }) };
    this.#recorder.put({ e: 'try', at: now(), c: this.#c, cmid, ...place });
  }

  /** The engine gave a message up. When no final nack is recorded it concluded that: the answer was lost. */
  concluded(cmid: string, code: string | undefined): void {
    if (code === 'refused' && !this.#refused.has(cmid))
      this.#recorder.put({ e: 'fail', at: now(), c: this.#c, cmid, code });
  }

  ponged(ms: number): void {
    this.#recorder.put({ e: 'ping', at: now(), c: this.#c, ms });
  }

  /** The same fetch, listened to. */
  on(fetch: FetchFn, via: string): FetchFn {
    return async (input, init) => {
      const asks = (init?.method ?? 'GET') === 'GET';
      const room = HISTORY.exec(input)?.[1];
      const list = LIST.test(input);
      const since = now();
      const answer = await fetch(input, init);
      if (!asks || !answer.ok || (room === undefined && !list)) return answer;
      const text = await answer.text();
      if (room !== undefined) this.page(room, JSON.parse(text) as Page, via, since);
      else this.#list(JSON.parse(text) as List, since);
      return new Response(text, answer);
    };
  }

  page(room: string, page: Page, via: string, since: number): void {
    const { head } = page;
    this.#recorder.put({ e: 'read', at: now(), since, c: this.#c, user: this.#user, room, via, head });
    for (const event of page.events) this.#event(event);
  }

  #nack({ cgen, cmid, code, expected, retry_ms }: ServerNack): void {
    const at = now();
    const order = { ...(cgen === undefined ? {} : { cgen }), ...(expected === undefined ? {} : { expected }) };
    if (retry_ms === undefined && !isRetryable(code)) {
      this.#refused.add(cmid);
      this.#recorder.put({ e: 'fail', at, c: this.#c, cmid, code });
    } else this.#recorder.put({ e: 'nack', at, c: this.#c, cmid, code, ...order });
  }

  #list({ rooms }: List, since: number): void {
    const ids = rooms.map((room) => room.id);
    this.#recorder.put({ e: 'list', at: now(), since, c: this.#c, user: this.#user, rooms: ids });
  }

  #ok(cmid: string, room: string, seq: number): void {
    this.#recorder.put({ e: 'ok', at: now(), c: this.#c, cmid, room, seq });
    this.#acked(cmid);
  }

  #event({ body, cmid, room, sender, seq, type }: Event): void {
    const digest = digestOfEvent(type, body);
    const known = this.#known.get(room) ?? new Map<number, string>();
    this.#known.set(room, known);
    const said = `${sender} ${digest}`;
    if (known.get(seq) === said) return;
    known.set(seq, said);
    if (known.size > REMEMBERED)
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    const line = { c: this.#c, user: this.#user, room, seq, type, sender, digest };
    this.#recorder.put({ e: 'recv', at: now(), ...line, ...(cmid === undefined ? {} : { cmid }) });
  }
}
