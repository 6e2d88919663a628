/** Tells of each key in a field, and of when what it did has been painted. Returns how to end it. */
export function watchTyping(of: { pressed: () => void; painted: () => void }): () => void {
  let waits = false;
  const keyDown = (event: Event): void => {
    if (!isField(event.target)) return;
    of.pressed();
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      // Behind the frame that the key is drawn in; the next key may be there by then.
      setTimeout(() => {
        if (!waits) of.painted();
      });
    });
  };
  addEventListener('keydown', keyDown, { capture: true, passive: true });
  return () => removeEventListener('keydown', keyDown, { capture: true });
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]');
}
