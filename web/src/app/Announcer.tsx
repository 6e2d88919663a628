import { useEffect, useState } from 'react';
import { lineOf } from '@/features/timeline/forward';
import { excerpt } from '@/lib/text';
import { useChat } from '@/state/context';
import { nameOf } from '@/state/names';

const MAX_CHARS = 300;
/** More messages than these were missed, not written just now. */
const MOST = 20;
/** So many that were told are kept, so that what comes is an addition and no change of what was told. */
const KEPT = 10;

/** Tells screen readers of new messages in the room that is open: each once, not my own, and no history. */
export function Announcer({ current }: { current: string | undefined }) {
  const chat = useChat();
  const [told, setTold] = useState<readonly { seq: number; words: string }[]>([]);
  useEffect(() => {
    setTold([]);
    return chat.events.on('fresh', (events) => {
      const said = events.filter((one) => one.type === 'message' && one.room === current);
      if (said.length > MOST) return;
      const more = said
        .filter((one) => !chat.account.blocks(one.sender))
        .map((one) => ({
          seq: one.seq,
          words: `${nameOf(chat.people.get(one.sender))}: ${excerpt(lineOf(one)).slice(0, MAX_CHARS)}`,
        }));
      if (more.length > 0) setTold((before) => [...before, ...more].slice(-KEPT));
    });
  }, [chat, current]);
  return (
    <div className="visually-hidden" aria-live="polite" aria-relevant="additions">
      {told.map(({ seq, words }) => (
        <p key={seq}>{words}</p>
      ))}
    </div>
  );
}
