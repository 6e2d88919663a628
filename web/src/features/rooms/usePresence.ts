import { useEffect } from 'react';
import type { PresenceState } from '@/components/Avatar';
import { useChat, useStore } from '@/state/context';

/** Whether each of these people is there, and what is told of them; offline until known. I am there: this page shows it. */
export function usePresence(ids: readonly string[]): (id: string) => PresenceState {
  const chat = useChat();
  const states = useStore(chat.presence.states);
  const key = ids.join(',');
  useEffect(() => {
    const people = key === '' ? [] : key.split(',');
    chat.presence.watch(people);
    chat.people.need(people);
  }, [chat, key]);
  return (id) => states.get(id)?.state ?? (id === chat.me.id ? 'online' : 'offline');
}
