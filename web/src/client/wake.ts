import type { Socket } from './socket';

/** Lets the socket know when the network, the page or the person comes back. Returns what undoes it. */
export function wakeSocket(socket: Socket, page: Window): () => void {
  const nudge = (): void => socket.nudge();
  const visible = (): void => {
    if (page.document.visibilityState === 'visible') socket.nudge();
  };
  page.addEventListener('online', nudge);
  page.addEventListener('focus', nudge);
  page.addEventListener('pageshow', nudge);
  page.document.addEventListener('visibilitychange', visible);
  return () => {
    page.removeEventListener('online', nudge);
    page.removeEventListener('focus', nudge);
    page.removeEventListener('pageshow', nudge);
    page.document.removeEventListener('visibilitychange', visible);
  };
}
