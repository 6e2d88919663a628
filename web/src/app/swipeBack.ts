import { isRtl } from '@/lib/direction';

/** A finger that moved less far has not said yet what it wants. */
const SLOP_PX = 10;
/** So much further sideways than up or down: else it scrolls. */
const SIDEWAYS = 1.6;
/** Of the width: from there on it goes back when it is let go. */
const FAR = 0.35;
/** A short stroke that is fast goes back, too, in px a ms. */
const FAST = 0.5;
const STILL = '(prefers-reduced-motion: reduce)';
/** What has a use of its own for a finger that moves sideways. */
const OWN = 'input, textarea, select, video, audio, [contenteditable], [role="slider"], .is-recording';

interface Touch {
  x: number;
  y: number;
  at: number;
  /** It has been found to go back: the screen follows it. */
  follows: boolean;
}

/** On a phone a finger that goes from the screen's start to its end, over what is beside the list of rooms, goes back to
 *  that: the screen follows it and shows the list below. Where less motion is wanted it stays until the finger is lifted.
 *  Returns what ends it. */
export function watchSwipes(app: HTMLElement, back: () => void): () => void {
  let touch: Touch | undefined;
  let main: HTMLElement | undefined;

  const shift = (px: number): void => {
    if (main !== undefined) main.style.transform = px === 0 ? '' : `translateX(${isRtl() ? -px : px}px)`;
  };
  const rest = (): void => {
    app.classList.remove('is-swiped', 'is-settling');
    shift(0);
    touch = undefined;
    main = undefined;
  };
  const began = (event: TouchEvent): void => {
    const target = event.target as Element;
    const [finger, more] = event.touches;
    if (touch?.follows === true || more !== undefined) return settle(0);
    const over = target.closest<HTMLElement>('.app > .main');
    if (over === null || finger === undefined || app.classList.contains('is-home')) return;
    if (target.closest(OWN) !== null || scrollsSideways(target, over) || isSelected()) return;
    rest();
    main = over;
    touch = { x: finger.clientX, y: finger.clientY, at: event.timeStamp, follows: false };
  };
  const moved = (event: TouchEvent): void => {
    const [finger] = event.touches;
    if (touch === undefined || finger === undefined) return;
    const along = (finger.clientX - touch.x) * (isRtl() ? -1 : 1);
    const across = Math.abs(finger.clientY - touch.y);
    if (!touch.follows) {
      if (Math.max(Math.abs(along), across) < SLOP_PX) return;
      // It scrolls, or marks words: the browser has it.
      if (along < across * SIDEWAYS || !event.cancelable || isSelected()) return rest();
      touch.follows = true;
      app.classList.add('is-swiped');
    }
    event.preventDefault();
    if (!matchMedia(STILL).matches) shift(Math.max(0, along));
  };
  const ended = (event: TouchEvent): void => {
    const [finger] = event.changedTouches;
    if (touch?.follows !== true || finger === undefined) return rest();
    const along = (finger.clientX - touch.x) * (isRtl() ? -1 : 1);
    const fast = along / Math.max(1, event.timeStamp - touch.at) > FAST;
    settle(event.type === 'touchend' && (along > innerWidth * FAR || (fast && along > SLOP_PX * 3)) ? innerWidth : 0);
  };
  /** Lets the screen go on to the end, or back to where it was. */
  const settle = (goal: number): void => {
    const gone = (): void => {
      rest();
      if (goal > 0) back();
    };
    const moving = main;
    touch = undefined;
    if (moving === undefined || matchMedia(STILL).matches) return gone();
    app.classList.add('is-settling');
    shift(goal);
    // What stands at its goal already does not move, and tells nobody of an end.
    Promise.allSettled(moving.getAnimations().map((one) => one.finished)).then(gone);
  };

  app.addEventListener('touchstart', began, { passive: true });
  app.addEventListener('touchmove', moved, { passive: false });
  app.addEventListener('touchend', ended);
  app.addEventListener('touchcancel', ended);
  return () => {
    rest();
    app.removeEventListener('touchstart', began);
    app.removeEventListener('touchmove', moved);
    app.removeEventListener('touchend', ended);
    app.removeEventListener('touchcancel', ended);
  };
}

/** Whether something between here and the screen is wider than it shows: code, tables, rows of buttons. */
function scrollsSideways(from: Element, to: Element): boolean {
  for (let one: Element | null = from; one !== null && one !== to; one = one.parentElement)
    if (one.scrollWidth > one.clientWidth && /auto|scroll/.test(getComputedStyle(one).overflowX)) return true;
  return false;
}

function isSelected(): boolean {
  return getSelection()?.isCollapsed === false;
}
