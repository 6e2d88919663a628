import { useEffect } from 'react';
import { useChat, useStore } from '@/state/context';
import { wanted } from '@/state/notify';
import { useServerName } from '@/state/server';
import { AskCard } from './AskCard';
import { startNotifications } from './start';

/** Notifies for as long as somebody is logged in, and offers it where the browser was not asked yet. */
export function Notifications() {
  const chat = useChat();
  const asks = useStore(wanted);
  const name = useServerName();
  useEffect(() => startNotifications(chat, name), [chat, name]);
  return asks ? <AskCard /> : null;
}
