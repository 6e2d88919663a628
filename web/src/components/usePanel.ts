import { type RefObject, useLayoutEffect, useRef } from 'react';
import { leftSearch } from '@/state/searching';

/** It lies over the room. */
const OVER = '(max-width: 1099.98px)';
/** It is all that is seen. */
const PHONE = '(max-width: 719.98px)';
/** What one that lies over the room covers. */
const COVERED = '.side, .main';

const FIELD = 'input, textarea';

/** Those that are open: Esc closes the last one. */
const open: HTMLElement[] = [];

/** What stands beside the room, or over it where there is no place: who opens it by a key gets into it, Esc closes it from
 *  wherever nothing nearer takes it, and the focus goes back. Over the room it is all that is reached; a press beside it
 *  closes it. `back`: on a phone the browser's way back closes it rather than leave the room. */
export function usePanel(panel: RefObject<HTMLElement | null>, onClose: () => void, back = false): void {
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const box = panel.current;
    if (box === null) return;
    const opener = document.activeElement;
    const uncover = cover(box);
    if (matchMedia(OVER).matches || opener?.matches('[aria-pressed]:focus-visible') === true) enter(box);
    open.push(box);
    const keyDown = (press: KeyboardEvent): void => {
      if (press.key !== 'Escape' || press.defaultPrevented || press.isComposing || open.at(-1) !== box) return;
      if (document.querySelector('dialog[open]') !== null) return;
      press.preventDefault();
      close.current();
    };
    const click = (press: MouseEvent): void => {
      if (press.target === box && isBeside(box, press)) close.current();
    };
    addEventListener('keydown', keyDown);
    box.addEventListener('click', click);
    return () => {
      removeEventListener('keydown', keyDown);
      box.removeEventListener('click', click);
      open.splice(open.indexOf(box), 1);
      const on = document.activeElement;
      const had_focus = on === document.body || box.contains(on);
      uncover();
      if (had_focus) giveBack(opener);
    };
  }, [panel]);
  useLayoutEffect(() => (back && matchMedia(PHONE).matches ? wayBack(() => close.current()) : undefined), [back]);
}

/** The focus goes to what had it before, or else to the messages. Not to a field by a finger: it would raise the keyboard. */
function giveBack(opener: Element | null): void {
  const touched = matchMedia('(hover: none) and (pointer: coarse)').matches;
  const under = open.at(-1);
  const goals = [opener, document.querySelector('.main .timeline')];
  for (const goal of goals) {
    if (!(goal instanceof HTMLElement) || goal === document.body || (touched && goal.matches(FIELD))) continue;
    goal.focus({ preventScroll: true });
    if (document.activeElement === goal) return;
  }
  if (under !== undefined) enter(under);
}

function enter(box: HTMLElement): void {
  if (box.contains(document.activeElement)) return;
  box.tabIndex = -1;
  box.focus({ preventScroll: true });
}

/** On the ground that is drawn beside it, which is its own. */
function isBeside(box: HTMLElement, press: MouseEvent): boolean {
  const { left, right } = box.getBoundingClientRect();
  return press.clientX < left || press.clientX > right;
}

/** Keeps what it lies over out of reach for as long as it does. Returns what ends it. */
function cover(box: HTMLElement): () => void {
  const app = box.parentElement;
  const media = matchMedia(OVER);
  const covered = (): HTMLElement[] =>
    [...(app?.children ?? [])].filter((one): one is HTMLElement => one instanceof HTMLElement && one.matches(COVERED));
  const set = (on: boolean): void => {
    for (const one of covered()) if (one.inert !== on) one.inert = on;
  };
  const apply = (): void => {
    set(media.matches);
    if (media.matches && document.activeElement === document.body) enter(box);
  };
  apply();
  // Another room may come while it is open.
  const observer = new MutationObserver(apply);
  if (app !== null) observer.observe(app, { childList: true });
  media.addEventListener('change', apply);
  return () => {
    observer.disconnect();
    media.removeEventListener('change', apply);
    if (open.length === 0) set(false);
  };
}

/** Makes an entry of the history which the way back takes away. */
function wayBack(close: () => void): () => void {
  const isHere = (): boolean => (history.state as { panel?: boolean } | null)?.panel === true;
  // Who comes back to one that was left is on its entry.
  const returned = isHere() && leftSearch() !== undefined;
  if (!returned) history.pushState({ ...(history.state as object | null), search: undefined, panel: true }, '');
  // What is opened from the panel has entries of its own above this one.
  const popped = (): void => {
    if (!isHere()) close();
  };
  addEventListener('popstate', popped);
  return () => {
    removeEventListener('popstate', popped);
    // Who went elsewhere from it is not to be taken back.
    if (isHere()) history.back();
  };
}
