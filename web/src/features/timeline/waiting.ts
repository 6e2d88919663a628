import { i18n } from '@lingui/core';
import type { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { WaitingEdits } from '@/client/waiting_edits';
import { storage } from '@/lib/storage';
import { say } from '@/state/notice';

const all = new WeakMap<Chat, WaitingEdits>();

/** The edits of this person that wait for the line. */
export function waitingEdits(chat: Chat): WaitingEdits {
  const known = all.get(chat);
  if (known !== undefined) return known;
  const made = new WaitingEdits(chat, systemClock, storage, (why) =>
    say(i18n.t('Your edit was not saved. {why}', { why })),
  );
  all.set(chat, made);
  return made;
}
