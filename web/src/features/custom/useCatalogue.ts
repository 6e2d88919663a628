import { use, useEffect } from 'react';
import type { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';
import type { Emoji, ServerFrame, StickerPack } from '@/protocol/ops.gen';
import { SessionContext, useStore } from '@/state/context';
import { Catalogue } from './catalogue';

const made = new WeakMap<Chat, Catalogue>();

export function catalogueOf(chat: Chat): Catalogue {
  const known = made.get(chat);
  if (known !== undefined) return known;
  const { api, socket } = chat;
  const listen = (heard: (frame: ServerFrame) => void): void => void socket.events.on('frame', heard);
  const catalogue = new Catalogue({ api, clock: systemClock, listen, notes: storage });
  chat.events.on('stopped', () => catalogue.stop());
  made.set(chat, catalogue);
  return catalogue;
}

const NOTHING = new Store<undefined>(undefined);

/** A text may also be drawn where nobody is logged in. */
function useCatalogue(): Catalogue | undefined {
  const session = use(SessionContext);
  return session === undefined ? undefined : catalogueOf(session.chat);
}

/** The emoji of this server by name; undefined until they are known. */
export function useServerEmoji(): ReadonlyMap<string, Emoji> | undefined {
  const catalogue = useCatalogue();
  useEffect(() => catalogue?.needEmoji(), [catalogue]);
  return useStore(catalogue?.emoji ?? NOTHING);
}

export function useServerPacks(): readonly StickerPack[] | undefined {
  const catalogue = useCatalogue();
  useEffect(() => catalogue?.needPacks(), [catalogue]);
  return useStore(catalogue?.packs ?? NOTHING);
}

const STILL = '(prefers-reduced-motion: reduce)';

/** Where the picture of an emoji or a sticker is: one that moves does so in its own file only, and not for who wants rest. */
export function pictureUrl({ file, moves }: { file: string; moves?: boolean }): string {
  return moves === true && !matchMedia(STILL).matches ? `/media/files/${file}` : `/media/files/${file}/small`;
}
