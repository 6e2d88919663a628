import { useEffect, useState } from 'react';
import { lineOf } from '@/features/timeline/forward';
import { excerpt } from '@/lib/text';
import { useChat } from '@/state/context';
import { nameOf } from '@/state/names';

const MAX_CHARS = 300;
/** More messages than these were missed, not written just now. */
const MOST = 20;

/** Tells screen readers of new messages in the room that is open: each once, not my own, and no history. */
export function Announcer({ current }: { current: string | undefined }) {
  const chat = useChat();
  const [words, setWords] = useState('');
  useEffect(() => {
    setWords('');
    return chat.events.on('fresh', (events) => {
      const said = events.filter((one) => one.type === 'message' && one.room === current);
      const event = said.findLast((one) => !chat.account.blocks(one.sender));
      if (event !== undefined && said.length <= MOST)
        setWords(`${nameOf(chat.people.get(event.sender))}: ${excerpt(lineOf(event)).slice(0, MAX_CHARS)}`);
    });
  }, [chat, current]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {words}
    </div>
  );
}
