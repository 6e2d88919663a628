import { useEffect, useState } from 'react';
import { useChat, useStore } from './context';

export type Connection = 'online' | 'connecting' | 'lost' | 'outdated';

/** A connection that comes back within this time was not worth a word. */
const PATIENCE_MS = 1_500;

/** How the connection stands, as far as a person wants to know. */
export function useConnection(): { status: Connection; retry_at: number | undefined } {
  const state = useStore(useChat().socket.state);
  const [late, setLate] = useState(false);
  const ready = state.status === 'ready';
  useEffect(() => {
    setLate(false);
    if (ready) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [ready]);
  const retry_at = state.status === 'waiting' ? state.until : undefined;
  if (state.status === 'stopped' && state.why === 'version') return { status: 'outdated', retry_at };
  if (ready) return { status: 'online', retry_at };
  return { status: late ? 'lost' : 'connecting', retry_at };
}
