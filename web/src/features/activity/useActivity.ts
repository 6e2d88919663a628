import { useMemo } from 'react';
import type { Activity } from '@/client/activity';
import type { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { Lazy, useLazy } from '@/lib/lazy';
import { useChat } from '@/state/context';

/** Not needed for the first messages to be read. */
const code = new Lazy(() => import('@/client/activity'));
const engines = new WeakMap<Chat, Activity>();

/** What concerns me; the same for all who ask. Undefined until its code is there. */
export function useActivity(): Activity | undefined {
  const chat = useChat();
  const there = useLazy(code);
  return useMemo(() => {
    if (there === undefined) return undefined;
    const known = engines.get(chat);
    if (known !== undefined) return known;
    const made = new there.Activity(chat, systemClock);
    engines.set(chat, made);
    return made;
  }, [chat, there]);
}
