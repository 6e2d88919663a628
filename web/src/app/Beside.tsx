import { type ReactNode, useEffect } from 'react';
import { useLocation } from 'wouter';
import { paths } from '@/lib/paths';
import { useSession } from '@/state/context';
import { Announcer } from './Announcer';
import { ConnectionBanner } from './ConnectionBanner';
import { keepOnDevice } from './keepOnDevice';
import { Notice } from './Notice';
import { syncDrafts } from './syncDrafts';
import { useMedia } from './useMedia';

const PHONE = '(max-width: 719.98px)';

/** What goes on beside the rooms once the first look is over: what says something when there is something to say, and what
 *  is kept here and the same elsewhere. */
export function Beside({ current }: { current: string | undefined }): ReactNode {
  const session = useSession();
  useEffect(() => keepOnDevice(session.chat), [session.chat]);
  useEffect(() => syncDrafts(session), [session]);
  useSwipes();
  return (
    <>
      <ConnectionBanner />
      <Announcer current={current} />
      <Notice />
    </>
  );
}

/** On a phone a finger goes back to the list of rooms. */
function useSwipes(): void {
  const phone = useMedia(PHONE);
  const [, go] = useLocation();
  useEffect(() => {
    const app = document.querySelector<HTMLElement>('.app');
    if (!phone || app === null) return;
    let stop: (() => void) | undefined;
    let gone = false;
    import('./swipeBack').then(
      ({ watchSwipes }) => {
        if (!gone) stop = watchSwipes(app, () => go(paths.home));
      },
      // The way back at the top is there all the same.
      () => {},
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [phone, go]);
}
