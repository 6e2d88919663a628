import { useCallback, useEffect, useRef, useState } from 'react';
import type { Room, RoomFile } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { type Wanted, withEvents } from './roomFiles';

/** Messages a page. */
const PAGE = 40;

export interface RoomFiles {
  /** The newest first; undefined until known. */
  files: readonly RoomFile[] | undefined;
  complete: boolean;
  failed: boolean;
  busy: boolean;
  /** Loads the next page, or tries again. */
  more: () => void;
}

interface State {
  files: readonly RoomFile[] | undefined;
  /** Where the next page begins. */
  next: number | undefined;
  complete: boolean;
  failed: boolean;
  busy: boolean;
}

const NOTHING: State = { files: undefined, next: undefined, complete: false, failed: false, busy: true };

/** The files of a room that are wanted, a page at a time, and as they come and go. `wanted` keeps its identity for as long as
 *  it is the same. */
export function useRoomFiles(room: Room, wanted: Wanted): RoomFiles {
  const chat = useChat();
  const { id } = room;
  const [state, setState] = useState(NOTHING);
  const generation = useRef(0);

  const load = useCallback(
    async (before: number | undefined, mine: number): Promise<void> => {
      const { part, from, name } = wanted;
      setState((now) => ({ ...now, busy: true, failed: false }));
      try {
        const page = await chat.api.call('GET /rooms/{room}/files', {
          params: { room: id },
          query: {
            limit: PAGE,
            ...(part === 'all' ? {} : { kind: part }),
            ...(from === '' ? {} : { from }),
            ...(name === '' ? {} : { q: name }),
            ...(before === undefined ? {} : { before }),
          },
        });
        if (mine !== generation.current) return;
        setState((now) => {
          const known = before === undefined ? [] : (now.files ?? []);
          const all = [...known, ...page.files];
          return {
            files: withEvents(all, chat.log(id).feed.recent, wanted),
            next: page.next,
            complete: page.complete,
            failed: false,
            busy: false,
          };
        });
      } catch {
        if (mine === generation.current) setState((now) => ({ ...now, failed: true, busy: false }));
      }
    },
    [chat, id, wanted],
  );

  useEffect(() => {
    const mine = ++generation.current;
    const again = (): void => void load(undefined, ++generation.current);
    const stop = chat.log(id).feed.listen(chat.list.get(id)?.head ?? 0, {
      events: (fresh) =>
        setState((now) => {
          const files = now.files && withEvents(now.files, fresh, wanted);
          return files === now.files ? now : { ...now, files };
        }),
      lost: again,
    });
    setState(NOTHING);
    void load(undefined, mine);
    return () => {
      generation.current++;
      stop();
    };
  }, [chat, id, load, wanted]);

  const { files, complete, failed, busy, next } = state;
  const more = (): void => {
    if ((!busy || failed) && !complete) void load(next, generation.current);
  };
  return { files, complete, failed, busy, more };
}
