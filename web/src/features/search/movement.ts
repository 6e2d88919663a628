/** How long after the last movement a timeline counts as moving. */
const SHOWN_MS = 1_000;
/** This near the end it follows what comes, by itself. */
const END_PX = 40;

const timers = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>();

/** Marks a timeline while it is scrolled through, and a moment longer: meanwhile it tells the day of what is seen. */
function note({ target }: Event): void {
  if (!(target instanceof HTMLElement) || !target.classList.contains('timeline')) return;
  if (target.scrollHeight - target.scrollTop - target.clientHeight <= END_PX) return;
  target.dataset.scrolling = '';
  clearTimeout(timers.get(target));
  timers.set(
    target,
    setTimeout(() => delete target.dataset.scrolling, SHOWN_MS),
  );
}

let noting = false;

/** Begins to; once for all timelines there will be. */
export function noteMovement(): void {
  if (noting) return;
  noting = true;
  // It does not bubble.
  document.addEventListener('scroll', note, { capture: true, passive: true });
}
