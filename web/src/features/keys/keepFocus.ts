import { isReachable, REACHABLE } from './reachable';

/** What a press belongs to: the focus goes nowhere else for it. */
const REGIONS = 'dialog, .panel, .main, .side, main';

/** What is pressed may go, as what it was for is done: the focus goes to what followed it then, else to what stood before
 *  it, else to the part of the window it was in. Returns what ends it. */
export function keepFocus(): () => void {
  let held: Held | undefined;
  const restore = (): void => {
    if (held === undefined || held.pressed.isConnected) return;
    const { region, others } = held;
    held = undefined;
    // Who looks after a list of its own may know better, and comes first.
    queueMicrotask(() => {
      if (document.activeElement !== document.body || !region.isConnected) return;
      const goal = others.find((one) => one.isConnected && isReachable(one)) ?? region;
      if (goal === region) region.tabIndex = -1;
      goal.focus({ preventScroll: true });
    });
  };
  const observer = new MutationObserver(restore);
  const press = (event: MouseEvent): void => {
    held = heldOf(event);
    if (held === undefined) observer.disconnect();
    else observer.observe(document.body, { subtree: true, childList: true });
  };
  const leave = (event: FocusEvent): void => {
    if (event.target === held?.pressed) return;
    held = undefined;
    observer.disconnect();
  };
  addEventListener('click', press, true);
  addEventListener('focusin', leave);
  return () => {
    observer.disconnect();
    removeEventListener('click', press, true);
    removeEventListener('focusin', leave);
  };
}

interface Held {
  pressed: Element;
  region: HTMLElement;
  /** What else is reached in the region: what follows, then what stands before it, the nearest first. */
  others: HTMLElement[];
}

function heldOf(event: MouseEvent): Held | undefined {
  const pressed = document.activeElement;
  const region = pressed?.closest<HTMLElement>(REGIONS);
  if (pressed === null || region == null || !pressed.matches('button, a, input')) return undefined;
  // Who points has left the keys to the composer.
  if (event.detail > 0 && region.querySelector('.composer') !== null) return undefined;
  const all = [...region.querySelectorAll<HTMLElement>(REACHABLE)];
  const at = all.indexOf(pressed as HTMLElement);
  return { pressed, region, others: [...all.slice(at + 1), ...all.slice(0, Math.max(0, at)).reverse()] };
}
