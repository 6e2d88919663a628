import { Suspense } from 'react';
import { late } from '@/lib/late';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { newcomer } from '@/state/newcomer';

// Of no use to anybody who has been here before. Without it the room is as it is for them.
const Steps = late(async () => (await import('./Steps')).Steps);

interface Props {
  /** Where a newcomer says hello. */
  room: Room | undefined;
  onWrite: () => void;
}

/** What somebody who has just made an account is offered; in a conversation of two they have got where it leads. */
export function FirstSteps(props: Props) {
  const { me } = useChat();
  if (useStore(newcomer) !== me.id) return null;
  const steps = (
    <Suspense>
      <Steps {...props} />
    </Suspense>
  );
  return props.room?.kind === 'dm' ? steps : <div className="welcome">{steps}</div>;
}
