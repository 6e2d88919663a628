import { useEffect, useState } from 'react';
import { ApiError } from '@/client/error';
import type { Member, Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';

const PAGE = 200;
/** More people than this are not read one by one. */
const MAX_LISTED = 1_000;

/** The members of a room, loaded again when their number changes, or what one of them is. */
export function useMembers(room: Room): {
  members: Member[] | undefined;
  error: string | undefined;
  again: () => void;
} {
  const chat = useChat();
  const [members, setMembers] = useState<Member[]>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  const { id, member_count } = room;
  const { events } = useStore(chat.log(id).view);
  const changed = events.findLast((event) => event.type === 'role' || event.type === 'muted')?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the numbers are what makes another load due.
  useEffect(() => {
    const giveUp = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const all: Member[] = [];
        for (let complete = false; !complete && all.length < MAX_LISTED; ) {
          const after = all.at(-1)?.user.id;
          const query = { limit: PAGE, ...(after === undefined ? {} : { after }) };
          const page = await chat.api.call('GET /rooms/{room}/members', {
            params: { room: id },
            query,
            signal: giveUp.signal,
          });
          all.push(...page.members);
          complete = page.complete || page.members.length === 0;
        }
        all.sort((a, b) => a.user.display_name.localeCompare(b.user.display_name));
        chat.people.put(all.map((member) => member.user));
        setMembers(all);
        setError(undefined);
      } catch (cause) {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      }
    };
    void load();
    return () => giveUp.abort();
  }, [chat, id, member_count, changed, turn]);
  return { members, error, again: () => setTurn((before) => before + 1) };
}
