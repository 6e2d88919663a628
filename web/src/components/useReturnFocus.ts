import { type RefObject, useLayoutEffect } from 'react';

/** What goes with the focus in it gives that back to what had it before. Not by a finger: a field would raise the keyboard. */
export function useReturnFocus(panel: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    const box = panel.current;
    return () => {
      const inside = box?.contains(document.activeElement) === true;
      if (!inside || matchMedia('(hover: none) and (pointer: coarse)').matches) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [panel]);
}
