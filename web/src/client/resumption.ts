import type { ResumeFrame } from '@/protocol/ops.gen';
import { type Clock, fullJitter, type Timer } from './clock';
import type { Rooms } from './room_list';
import type { RoomLog } from './room_log';

/** A resume without an answer is sent again after this time, later each time. */
export const RESUME_WITHIN_MS = 5_000;
const RESUME_CAP_MS = 3_000;
/** After a refusal. */
const REFUSED_MS = 500;
/** The frame must stay far below the largest one the server takes, its cmids included. */
export const MAX_CURSORS = 1_000;

export interface ResumptionParts {
  clock: Clock;
  send: (frame: ResumeFrame) => boolean;
  /** What is held now. */
  frame: () => ResumeFrame;
}

/** Asks a new connection what was missed, until it answers. */
export class Resumption {
  readonly #parts: ResumptionParts;
  #asking = false;
  #tries = 0;
  #timer: Timer | undefined;

  constructor(parts: ResumptionParts) {
    this.#parts = parts;
  }

  /** A resume is asked for and not answered yet. */
  get asking(): boolean {
    return this.#asking;
  }

  begin(): void {
    this.stop();
    this.#asking = true;
    this.#ask();
  }

  answered(): void {
    this.stop();
  }

  refused(): void {
    if (this.#asking) this.#again(REFUSED_MS + fullJitter(this.#parts.clock, this.#tries, REFUSED_MS, RESUME_CAP_MS));
  }

  /** The connection is gone, and the question with it. */
  stop(): void {
    this.#asking = false;
    this.#tries = 0;
    this.#parts.clock.cancel(this.#timer);
    this.#timer = undefined;
  }

  #ask(): void {
    const { clock, frame, send } = this.#parts;
    if (!send(frame())) return this.stop();
    const more_ms = this.#tries === 0 ? 0 : fullJitter(clock, this.#tries, RESUME_WITHIN_MS, RESUME_CAP_MS);
    this.#tries++;
    this.#again(RESUME_WITHIN_MS + more_ms);
  }

  #again(wait_ms: number): void {
    const { clock } = this.#parts;
    clock.cancel(this.#timer);
    this.#timer = clock.after(wait_ms, () => this.#ask());
  }
}

/** How far each room is held, those with a log first. Of more rooms than a frame may name the rest is left out: the
 *  server calls them limited, and the list tells where they stand. */
export function cursorsOf(rooms: Rooms, logs: ReadonlyMap<string, RoomLog>): Record<string, number> {
  const held: [string, number][] = [];
  const others: [string, number][] = [];
  for (const room of rooms.values()) {
    const view = logs.get(room.id)?.view.get();
    const last = view?.status === 'ready' && view.at_end ? view.events.at(-1)?.seq : undefined;
    if (last === undefined) others.push([room.id, room.head]);
    else held.push([room.id, last]);
  }
  return Object.fromEntries([...held, ...others].slice(0, MAX_CURSORS));
}
