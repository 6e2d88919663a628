import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Store } from '@/lib/store';
import type { Event } from '@/protocol/ops.gen';
import type { MessageActions } from './actions';

/** A finger that rests so long on a message asks what can be done to it. */
const LONG_PRESS_MS = 450;
const MOVED_PX = 10;
/** What the arrows come to: messages, and what stands between them and can be pressed. */
const STEPS = 'article[data-key], .day button, .edge button';

interface Surface {
  onPointerOver: (event: PointerEvent<HTMLElement>) => void;
  onPointerLeave: () => void;
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
  onContextMenu: (event: MouseEvent<HTMLElement>) => void;
  onFocus: (event: FocusEvent<HTMLElement>) => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/** Which row of a surface the pointer or the focus is on, kept outside of React's state: to point somewhere must not draw
 *  the whole list. The arrows go from row to row, Enter opens what can be done. */
export function useActiveRow(
  find: (key: string) => Event | undefined,
  actions: MessageActions,
): { active: Store<string | undefined>; surface: Surface } {
  const [active] = useState(() => new Store<string | undefined>(undefined));
  const latest = useRef({ find, actions });
  latest.current = { find, actions };
  const surface = useMemo(() => makeSurface(active, () => latest.current), [active]);
  return { active, surface };
}

function makeSurface(
  active: Store<string | undefined>,
  latest: () => { find: (key: string) => Event | undefined; actions: MessageActions },
): Surface {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  const stop = (): void => clearTimeout(timer);
  const menuOf = (row: HTMLElement, x?: number, y?: number): void => {
    const event = latest().find(row.dataset.key ?? '');
    if (event === undefined) return;
    const { left, top, right, bottom } = row.getBoundingClientRect();
    const at =
      x === undefined || y === undefined ? { left, top, right, bottom } : { left: x, top: y, right: x, bottom: y };
    latest().actions.menu(event, row, at);
  };
  return {
    onPointerOver: (event) => active.set(rowOf(event.target)?.dataset.key ?? active.get()),
    onPointerLeave: () => {
      // What is open belongs to the row, and gives the focus back to its tools.
      if (document.querySelector('dialog[open]') !== null) return;
      if (rowOf(document.activeElement)?.dataset.key !== active.get()) active.set(undefined);
    },
    onPointerDown: (event) => {
      const row = rowOf(event.target);
      stop();
      if (row === undefined || event.pointerType === 'mouse') return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => menuOf(row, from.x, from.y), LONG_PRESS_MS);
    },
    onPointerMove: (event) => {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > MOVED_PX) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    // The browser's own menu of a long press would lie above ours.
    onContextMenu: (event) => {
      if ((event.nativeEvent as globalThis.PointerEvent).pointerType === 'touch') event.preventDefault();
    },
    onFocus: (event) => active.set(rowOf(event.target)?.dataset.key ?? active.get()),
    onKeyDown: (event) => keyDown(event, latest().actions, latest().find, menuOf),
  };
}

function keyDown(
  press: KeyboardEvent<HTMLElement>,
  actions: MessageActions,
  find: (key: string) => Event | undefined,
  menuOf: (row: HTMLElement) => void,
): void {
  const target = press.target as HTMLElement;
  const row = target.matches(STEPS) ? target : undefined;
  if (row === undefined && target !== press.currentTarget) return;
  if (press.ctrlKey || press.metaKey || press.altKey) return;
  const event = row === undefined ? undefined : find(row.dataset.key ?? '');
  const ways: Record<string, (() => void) | undefined> = {
    ArrowUp: () => step(press.currentTarget, row, -1),
    ArrowDown: () => step(press.currentTarget, row, 1),
    ...(row === undefined ? {} : { Escape: () => press.currentTarget.focus() }),
    ...(row === undefined || event === undefined
      ? {}
      : {
          Enter: () => menuOf(row),
          ContextMenu: () => menuOf(row),
          r: () => actions.reply(event),
          t: () => actions.thread?.(event),
        }),
  };
  const way = ways[press.key];
  if (way === undefined) return;
  press.preventDefault();
  press.stopPropagation();
  way();
}

/** Moves the focus to the next message; from the list itself to the last one in view. */
function step(list: HTMLElement, row: HTMLElement | undefined, by: 1 | -1): void {
  const rows = [...list.querySelectorAll<HTMLElement>(STEPS)];
  if (row !== undefined) return rows[rows.indexOf(row) + by]?.focus();
  const { bottom } = list.getBoundingClientRect();
  rows.findLast((one) => one.getBoundingClientRect().top < bottom)?.focus();
}

function rowOf(target: unknown): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>('article[data-key]') ?? undefined) : undefined;
}
