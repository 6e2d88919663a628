import { type RefObject, useEffect } from 'react';

const REACHABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled)';

/** Keeps the keyboard where it is in a list whose rows go and whose buttons are off for a moment: what had the focus gets it
 *  back, or else the row that came in its place. `rows` selects them. */
export function useKeepFocus(list: RefObject<HTMLElement | null>, rows: string): void {
  useEffect(() => {
    const box = list.current;
    if (box === null) return;
    let held: { element: HTMLElement; place: number } | undefined;
    const all = (): HTMLElement[] => [...box.querySelectorAll<HTMLElement>(rows)];
    // What a dialog of a row does belongs to the row.
    const elsewhere = (target: EventTarget | null): boolean => {
      if (!(target instanceof Element) || box.contains(target)) return false;
      const dialog = target.closest('dialog');
      return dialog === null || dialog.contains(box);
    };
    const note = (event: Event): void => {
      const { target } = event;
      if (!(target instanceof HTMLElement) || !box.contains(target)) return;
      held = { element: target, place: all().findIndex((row) => row.contains(target)) };
    };
    const leave = (event: Event): void => {
      if (elsewhere(event.target)) held = undefined;
    };
    const restore = (): void => {
      const { activeElement } = document;
      if (held === undefined || (activeElement !== null && activeElement !== document.body)) return;
      if (held.element.isConnected) return held.element.focus({ preventScroll: true });
      const left = all();
      const next = left[Math.min(held.place, left.length - 1)];
      const goal = next?.matches(REACHABLE) === true ? next : (next?.querySelector<HTMLElement>(REACHABLE) ?? box);
      if (goal === box) box.tabIndex = -1;
      goal.focus();
    };
    const observer = new MutationObserver(restore);
    observer.observe(box, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', note);
    document.addEventListener('focusin', leave);
    document.addEventListener('pointerdown', leave);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', note);
      document.removeEventListener('focusin', leave);
      document.removeEventListener('pointerdown', leave);
    };
  }, [list, rows]);
}
