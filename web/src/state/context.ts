import { createContext, use, useSyncExternalStore } from 'react';
import type { Auth } from '@/client/auth';
import type { Chat } from '@/client/chat';
import type { Store } from '@/lib/store';
import type { Drafts } from './drafts';

export interface Session {
  chat: Chat;
  drafts: Drafts;
}

export const AuthContext = createContext<Auth | undefined>(undefined);
export const SessionContext = createContext<Session | undefined>(undefined);

export function useAuth(): Auth {
  const auth = use(AuthContext);
  if (auth === undefined) throw new Error('useAuth needs an AuthContext above it.');
  return auth;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('useSession needs a SessionContext above it.');
  return session;
}

export function useChat(): Chat {
  return useSession().chat;
}

/** The value of a store; renders again when it changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}
