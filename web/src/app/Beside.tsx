import { type ReactNode, useEffect } from 'react';
import { useSession } from '@/state/context';
import { Announcer } from './Announcer';
import { ConnectionBanner } from './ConnectionBanner';
import { keepOnDevice } from './keepOnDevice';
import { Notice } from './Notice';
import { syncDrafts } from './syncDrafts';

/** What goes on beside the rooms once the first look is over: what says something when there is something to say, and what
 *  is kept here and the same elsewhere. */
export function Beside({ current }: { current: string | undefined }): ReactNode {
  const session = useSession();
  useEffect(() => keepOnDevice(session.chat), [session.chat]);
  useEffect(() => syncDrafts(session), [session]);
  return (
    <>
      <ConnectionBanner />
      <Announcer current={current} />
      <Notice />
    </>
  );
}
