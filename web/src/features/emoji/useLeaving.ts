import { useEffect, useRef } from 'react';

/** Esc and a press elsewhere close it; the focus goes to the field, and back to the anchor. */
export function useLeaving(
  card: { current: HTMLElement | null },
  anchor: HTMLElement | null,
  onClose: () => void,
): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    // On touch the keyboard would cover half of what is to be chosen from.
    if (!matchMedia('(pointer: coarse)').matches) card.current?.querySelector('input')?.focus();
    const keyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      anchor?.focus();
      close.current();
    };
    const pressed = (event: Event): void => {
      const target = event.target as Node;
      if (card.current?.contains(target) !== true && anchor?.contains(target) !== true) close.current();
    };
    addEventListener('keydown', keyDown, true);
    addEventListener('pointerdown', pressed, true);
    return () => {
      removeEventListener('keydown', keyDown, true);
      removeEventListener('pointerdown', pressed, true);
    };
  }, [card, anchor]);
}
