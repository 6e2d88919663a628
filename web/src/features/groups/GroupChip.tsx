import { Suspense, useState } from 'react';
import type { Anchor } from '@/components/Floating';
import { late } from '@/lib/late';
import { useChat, useStore } from '@/state/context';
import type { NamedGroup } from './book';

const GroupCard = late(async () => (await import('./GroupCard')).GroupCard);

/** The name of a group in a text, as it was written: it opens the group's card. */
export function GroupChip({ named, name }: { named: NamedGroup; name: string }) {
  const mine = useStore(useChat().account.me)?.groups?.includes(named.id) === true;
  const [anchor, setAnchor] = useState<Anchor>();
  return (
    <>
      <button
        type="button"
        className={mine ? 'chip chip-me' : 'chip'}
        aria-haspopup="dialog"
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      >
        @{name}
      </button>
      <Suspense>
        {anchor !== undefined && <GroupCard named={named} anchor={anchor} onClose={() => setAnchor(undefined)} />}
      </Suspense>
    </>
  );
}
