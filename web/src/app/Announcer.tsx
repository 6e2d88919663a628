import { useEffect, useState } from 'react';
import { lineOf } from '@/features/timeline/forward';
import { painted } from '@/lib/soon';
import { excerpt } from '@/lib/text';
import type { Event } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { early } from '@/state/early_news';
import { nameOf } from '@/state/names';

const MAX_CHARS = 300;
/** More messages than these were missed, not written just now. */
const MOST = 20;
/** So many that were told are kept, so that what comes is an addition and no change of what was told. */
const KEPT = 10;

const CHANGES: ReadonlySet<Event['type']> = new Set(['edited', 'deleted']);

/** Tells screen readers of new messages in the room that is open: each once, not my own, and no history. */
export function Announcer({ current }: { current: string | undefined }) {
  const chat = useChat();
  const [told, setTold] = useState<readonly { seq: number; words: string }[]>([]);
  useEffect(() => {
    const tell = (events: readonly Event[]): void => {
      const said = events.filter((one) => one.type === 'message' && one.room === current);
      if (said.length > MOST) return;
      const more = said
        .filter((one) => !chat.account.blocks(one.sender))
        .map((one) => ({
          seq: one.seq,
          words: `${nameOf(chat.people.get(one.sender))}: ${excerpt(lineOf(one)).slice(0, MAX_CHARS)}`,
        }));
      if (more.length > 0) setTold((before) => [...before, ...more].slice(-KEPT));
    };
    setTold([]);
    const { news = [] } = early;
    early.news = undefined;
    // What stands in the region when it comes is no change of it, which is what is told.
    if (news.length > 0) void painted().then(() => tell(news));
    // What was told goes with the message, and is not told anew when it says something else.
    const forget = (events: readonly Event[]): void => {
      const changed = new Set(
        events.filter((one) => one.room === current && CHANGES.has(one.type)).map((one) => one.about),
      );
      if (changed.size > 0) setTold((before) => before.filter((one) => !changed.has(one.seq)));
    };
    const ends = [chat.events.on('fresh', tell), chat.events.on('heard', forget)];
    return () => {
      for (const end of ends) end();
    };
  }, [chat, current]);
  return (
    <div className="visually-hidden" aria-live="polite" aria-relevant="additions">
      {told.map(({ seq, words }) => (
        <p key={seq}>{words}</p>
      ))}
    </div>
  );
}
