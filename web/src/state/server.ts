import { useEffect } from 'react';
import type { Auth } from '@/client/auth';
import { Store } from '@/lib/store';
import type { Server } from '@/protocol/ops.gen';
import { useAuth, useStore } from './context';

/** What it is called before it was asked. */
const USUAL_NAME = 'Parley';

const server = new Store<Server | undefined>(undefined);

/** Asks again what the server says of itself; without an answer what is known stays. */
export async function refreshServer(auth: Auth): Promise<void> {
  try {
    server.set(await auth.server());
  } catch {
    // The door works without: the form is there, and what it sends is answered.
  }
}

/** What the server says of itself, asked whenever somebody begins to look at it. */
export function useServer(): Server | undefined {
  const auth = useAuth();
  useEffect(() => void refreshServer(auth), [auth]);
  return useStore(server);
}

export function useServerName(): string {
  return useServer()?.name ?? USUAL_NAME;
}
