import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Room } from '@/protocol/ops.gen';
import { rowWindow } from './rowWindow';

interface Props {
  rooms: readonly Room[];
  row: (room: Room) => ReactNode;
  /** What scrolls. */
  scroller: RefObject<HTMLElement | null>;
}

/** So many rows are simply rendered; of more only those in sight. */
const SHORT = 150;
/** Until their height is known. */
const ROW_HEIGHT_PX = 38;

/** The rows of a section. Thousands of rooms cost what is seen of them. */
export function RoomRows({ rooms, row, scroller }: Props) {
  return rooms.length <= SHORT ? rooms.map(row) : <LongRows rooms={rooms} row={row} scroller={scroller} />;
}

function LongRows({ rooms, row, scroller }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const count = rooms.length;
  const [{ from, to }, setWindow] = useState(() => rowWindow({ top: 0, height: innerHeight }, ROW_HEIGHT_PX, count));
  const [row_height, setRowHeight] = useState(ROW_HEIGHT_PX);
  useLayoutEffect(() => {
    const view = scroller.current;
    const list = box.current;
    if (view === null || list === null) return;
    const look = (): void => {
      const height = list.querySelector<HTMLElement>('.side-row')?.offsetHeight;
      const measured = height === undefined || height === 0 ? row_height : height;
      const top = list.getBoundingClientRect().top - view.getBoundingClientRect().top;
      const next = rowWindow({ top, height: view.clientHeight }, measured, count);
      setRowHeight(measured);
      setWindow((now) => (now.from === next.from && now.to === next.to ? now : next));
    };
    look();
    view.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    // What is above may fold and unfold.
    for (const one of [view, ...view.children]) observer.observe(one);
    return () => {
      view.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller, count, row_height]);
  return (
    <div ref={box} style={{ paddingTop: from * row_height, paddingBottom: Math.max(0, count - to) * row_height }}>
      {rooms.slice(from, to).map(row)}
    </div>
  );
}
