import { systemClock } from '@/client/clock';
import type { Session } from '@/state/context';

/** Keeps drafts the same on all devices, from now until the returned function is called. */
export function syncDrafts({ chat, drafts }: Session): () => void {
  let stop = (): void => {};
  let gone = false;
  // Nothing of it is needed for the first look.
  void import('@/state/draft_sync').then(({ DraftSync }) => {
    if (gone) return;
    const sync = new DraftSync({ api: chat.api, drafts, clock: systemClock, events: chat.socket.events });
    const hide = (): void => {
      if (document.visibilityState === 'hidden') sync.flush();
    };
    const leave = (): void => sync.flush();
    document.addEventListener('visibilitychange', hide);
    addEventListener('pagehide', leave);
    sync.start();
    stop = () => {
      document.removeEventListener('visibilitychange', hide);
      removeEventListener('pagehide', leave);
      sync.stop();
    };
  });
  return () => {
    gone = true;
    stop();
  };
}
