import { useEffect, useState } from 'react';
import { ApiError } from '@/client/error';
import type { User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';

const PAUSE_MS = 150;
const LIMIT = 50;

/** People found by part of a name, everybody (up to a page) for an empty one. Asks when typing rests, and again for
 *  another version; the last answer stays until the next is there. */
export function usePeopleSearch(query: string, version = 0): { users: User[] | undefined; error: string | undefined } {
  const chat = useChat();
  const [users, setUsers] = useState<User[]>();
  const [error, setError] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version asks again.
  useEffect(() => {
    const giveUp = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const trimmed = query.trim().replace(/^@/, '');
        const args = { ...(trimmed === '' ? {} : { query: trimmed }), limit: LIMIT };
        const found = await chat.api.call('GET /users', { query: args, signal: giveUp.signal });
        chat.people.put(found.users);
        setUsers(found.users);
        setError(undefined);
      } catch (cause) {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      }
    };
    const timer = setTimeout(() => void ask(), query === '' ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      giveUp.abort();
    };
  }, [chat, query, version]);
  return { users, error };
}
