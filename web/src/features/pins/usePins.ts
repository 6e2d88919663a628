import { useCallback, useEffect, useRef, useState } from 'react';
import { withChanges } from '@/client/message_state';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';

export interface Pins {
  /** The last pinned first; undefined until known. */
  events: readonly Event[] | undefined;
  failed: boolean;
  reload: () => void;
}

/** The pinned messages of a room, as they are now. */
export function usePins(room: Room): Pins {
  const chat = useChat();
  const [events, setEvents] = useState<readonly Event[]>();
  const [failed, setFailed] = useState(false);
  const generation = useRef(0);
  const { id } = room;
  const load = useCallback(async () => {
    const mine = ++generation.current;
    try {
      const pins = await chat.api.call('GET /rooms/{room}/pins', { params: { room: id } });
      if (mine !== generation.current) return;
      setEvents(withChanges(pins.events, chat.log(id).feed.recent));
      setFailed(false);
    } catch {
      if (mine === generation.current) setFailed(true);
    }
  }, [chat, id]);
  useEffect(() => {
    const stop = chat.log(id).feed.listen(chat.list.get(id)?.head ?? 0, {
      events: (fresh) => {
        setEvents((now) => (now === undefined ? now : withChanges(now, fresh).filter(isPinned)));
        if (fresh.some((event) => event.type === 'pinned' && event.data?.on === true)) void load();
      },
      lost: () => void load(),
    });
    void load();
    return () => {
      generation.current++;
      stop();
    };
  }, [chat, id, load]);
  return { events, failed, reload: () => void load() };
}

function isPinned(event: Event): boolean {
  return event.state?.pinned === true;
}
