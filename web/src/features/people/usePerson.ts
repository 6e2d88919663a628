import { useEffect, useSyncExternalStore } from 'react';
import type { User } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';

/** A person, kept up to date; undefined until known. */
export function usePerson(id: string): User | undefined {
  const chat = useChat();
  const users = useStore(chat.people.users);
  useEffect(() => chat.people.need([id]), [chat, id]);
  return users.get(id);
}

export function useBlocked(): ReadonlySet<string> {
  return useStore(useChat().account.blocked);
}

const TICK_MS = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const one of [...listeners]) one();
    }, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** Something that is true at a time: renders again when it is another, not whenever time has passed. */
export function useMoment<T extends string | number | boolean>(of: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => of(now));
}

/** The time, looked at often enough for what is shown by the minute; one timer for all who look. */
export function useClock(): number {
  return useSyncExternalStore(subscribe, () => now);
}
