import type { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { whenIdle } from '@/lib/soon';
import { cache } from './make';

/** Keeps on this device what the chat holds, from now until the returned function is called. */
export function keepOnDevice(chat: Chat): () => void {
  let stop = (): void => {};
  let gone = false;
  // Nothing of it is needed for the first look.
  const load = async (): Promise<void> => {
    const [{ CacheKeeper }, { CacheWriter }] = await Promise.all([
      import('@/client/cache_keeper'),
      import('@/client/cache_writer'),
    ]);
    if (gone) return;
    const writer = new CacheWriter(cache, chat.me.id);
    const keeper = new CacheKeeper({ chat, writer, clock: systemClock, idle: whenIdle, room });
    const hide = (): void => {
      if (document.visibilityState === 'hidden') keeper.flush();
    };
    document.addEventListener('visibilitychange', hide);
    void keeper.start();
    stop = () => {
      document.removeEventListener('visibilitychange', hide);
      keeper.stop();
    };
  };
  // Without it nothing is kept this time.
  load().catch(() => {});
  return () => {
    gone = true;
    stop();
  };
}

async function room(): Promise<number | undefined> {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined || usage === undefined ? undefined : quota - usage;
}
