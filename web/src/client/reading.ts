import type { ServerUser } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock } from './clock';
import { ReadMarks, type ReadMarksParts } from './read_marks';
import type { RoomList } from './room_list';
import type { Threads } from './threads';

export interface ReadingParts {
  api: Api;
  clock: Clock;
  list: RoomList;
  threads: Threads;
  send: ReadMarksParts['send'];
  unanswered: () => void;
}

/** How far I have read rooms and threads: what I see here, what I say, and what my other devices tell. docs/reading.md. */
export class Reading {
  readonly marks: ReadMarks;

  readonly #parts: ReadingParts;
  /** Rooms of which messages were marked as unread: looking at them reads nothing until they are opened again. */
  readonly #held = new Set<string>();

  constructor(parts: ReadingParts) {
    this.#parts = parts;
    const { clock, list, send, unanswered } = parts;
    this.marks = new ReadMarks({ clock, send, unanswered, gen: (room) => list.get(room)?.read_gen ?? 0 });
    list.events.on('back', (room) => {
      this.marks.forget(room);
      this.#held.add(room);
    });
  }

  /** The room was opened: from here on what I look at is read. */
  opened(room: string): void {
    this.#held.delete(room);
  }

  /** I write in the room. What I saw before is told first: behind my message it is no news, and nobody would hear of it. */
  writing(room: string): void {
    this.opened(room);
    if (this.marks.waits(room)) this.marks.flush();
  }

  /** I have looked at the room up to this event. */
  seen(room: string, event: { seq: number; n: number }): void {
    if (!this.#held.has(room)) this.#read(room, event);
  }

  /** I want the room to be read, whether or not I looked at it; and where its threads name me. */
  readRoom(room: string): void {
    const known = this.#parts.list.get(room);
    this.opened(room);
    if (known === undefined) return;
    this.#read(room, { seq: known.head, n: known.n });
    for (const seq of known.mentions ?? []) {
      const root = known.mention_roots?.[seq];
      if (root !== undefined) this.#parts.threads.read(room, root, known.head);
    }
  }

  /** Throws ApiError. */
  async readAll(): Promise<void> {
    await this.#parts.api.call('POST /read', {});
    this.#held.clear();
  }

  /** This message and all behind it are to be unread. Throws ApiError. */
  async markUnread(room: string, seq: number): Promise<void> {
    const body = { seq };
    const place = await this.#parts.api.call('POST /rooms/{room}/unread', { params: { room }, body });
    this.#parts.list.read(room, place);
  }

  /** What my own log says of threads. */
  told(frame: ServerUser): void {
    this.#parts.list.readThread(frame.room, frame.root, frame.seq ?? 0);
    this.#parts.threads.told(frame);
  }

  #read(room: string, { seq, n }: { seq: number; n: number }): void {
    const known = this.#parts.list.get(room);
    if (known === undefined || seq <= known.read_seq) return;
    this.#parts.list.read(room, { seq, n });
    this.marks.mark(room, seq);
  }
}
