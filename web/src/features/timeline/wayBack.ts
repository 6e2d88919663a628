import { useLayoutEffect, useRef } from 'react';
import type { RoomLog } from '@/client/room_log';

/** A row in view, and how far below the upper edge its words began. */
interface Place {
  room: string;
  seq: number;
  below: number;
}

const MOST_PLACES = 100;

/** Where somebody was reading, by entry of the browser's history. */
const places = new Map<string, Place>();
let popped: string | undefined;

globalThis.addEventListener?.('popstate', () => {
  popped = entry();
});

const entry = (): string | undefined => (history.state as { entry?: string } | null)?.entry;

/** Keeps where is read here, for who comes back to it; nothing where the view follows the end. */
export function notePlace(room: string, held: { row: HTMLElement; below: number } | undefined): void {
  const seq = Number(held?.row.dataset.msgSeq ?? held?.row.dataset.seq);
  let key = entry();
  if (held === undefined || !(seq > 0)) {
    if (key !== undefined) places.delete(key);
    return;
  }
  if (key === undefined) {
    key = crypto.randomUUID();
    history.replaceState({ ...history.state, entry: key }, '');
  }
  places.delete(key);
  places.set(key, { room, seq, below: held.below });
  const [oldest] = places.keys();
  if (places.size > MOST_PLACES && oldest !== undefined) places.delete(oldest);
}

/** Who came by the browser's way back is to stand where they were. `goal` is taken once its row is there. */
export function useWayBack(room: string, target: number | undefined, log: RoomLog) {
  const goal = useRef<Place>(undefined);
  const came_back = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another target is another entry.
  useLayoutEffect(() => {
    const key = entry();
    const place = key !== undefined && key === popped ? places.get(key) : undefined;
    goal.current = place?.room === room ? place : undefined;
    came_back.current = goal.current !== undefined;
    if (goal.current !== undefined) void log.openAround(goal.current.seq);
  }, [room, target, log]);
  return { goal, came_back };
}
