import { useEffect, useState } from 'react';
import { withChange } from '@/client/message_state';
import type { Event } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';

/** As many lines stand below the name of a room or thread. */
const LINES = 3;
/** Other events may stand between messages. */
const PAGE = 30;

export interface Latest {
  status: 'loading' | 'ready' | 'failed';
  lines: readonly Event[];
}

/** The last messages of a room, or replies of a thread, and what comes. `wanted`: whether to ask for them at all. */
export function useLatest(room: string, root?: number, wanted = true): Latest {
  const chat = useChat();
  const [latest, setLatest] = useState<Latest>({ status: 'loading', lines: [] });
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    const said = (event: Event): boolean =>
      root === undefined ? event.type === 'message' : event.type === 'reply' && event.about === root;
    const add = (lines: readonly Event[], fresh: readonly Event[]): readonly Event[] => {
      const known = new Set(lines.map((line) => line.seq));
      const all = [...lines, ...fresh.filter((event) => said(event) && !known.has(event.seq))];
      return all.map((line) => fresh.reduce(withChange, line)).slice(-LINES);
    };
    // What comes while the answer is under way may be behind it.
    let during: Event[] = [];
    let asking = false;
    const undo = chat.events.on('heard', (events) => {
      if (events[0]?.room !== room) return;
      if (during.length < PAGE) during.push(...events);
      setLatest((now) => (now.status === 'ready' ? { ...now, lines: add(now.lines, events) } : now));
    });
    const load = async (): Promise<readonly Event[]> => {
      if (root === undefined) {
        const query = { limit: PAGE };
        return (await chat.api.call('GET /rooms/{room}/messages', { params: { room }, query })).events;
      }
      const params = { room, seq: root };
      return (await chat.api.call('GET /rooms/{room}/threads/{seq}', { params, query: { limit: LINES } })).replies;
    };
    const ask = async (): Promise<void> => {
      if (asking) return;
      asking = true;
      during = [];
      try {
        const events = await load();
        if (!gone) setLatest({ status: 'ready', lines: add(events.filter(said), during) });
      } catch {
        if (!gone) setLatest((now) => (now.status === 'ready' ? now : { status: 'failed', lines: [] }));
      }
      asking = false;
    };
    void ask();
    // What came while the line was down was not heard.
    const undo_line = chat.socket.events.on('welcome', () => void ask());
    return () => {
      gone = true;
      undo();
      undo_line();
    };
  }, [chat, room, root, wanted]);
  useEffect(() => chat.people.need(latest.lines.map((line) => line.sender)), [chat, latest.lines]);
  return latest;
}
