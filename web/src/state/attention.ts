import { Store } from '@/lib/store';

/** True while the person looks at this page: it is visible and has the focus. Only then is anything marked as read. */
export const attention = new Store(false);

/** True when nobody has touched this device for a while, or the page is hidden for as long. */
export const idle = new Store(false);

const IDLE_MS = 5 * 60_000;

/** Call once. */
export function watchAttention(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => attention.set(document.visibilityState === 'visible' && document.hasFocus());
  const touched = (): void => {
    idle.set(false);
    clearTimeout(timer);
    timer = setTimeout(() => idle.set(true), IDLE_MS);
  };
  for (const name of ['focus', 'blur', 'pageshow']) addEventListener(name, look);
  document.addEventListener('visibilitychange', look);
  for (const name of ['pointerdown', 'keydown', 'wheel', 'pointermove', 'focus']) {
    addEventListener(name, touched, { passive: true });
  }
  look();
  touched();
}
