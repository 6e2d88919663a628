import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { isSaid } from '@/client/message_state';
import type { IconName } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { may } from '@/state/rights';
import { countdown } from './durations';

export interface Closed {
  icon: IconName;
  text: string;
}

/** Why I cannot write in the room, or reply in its threads, now; undefined: I can. Runs down by itself. */
export function useClosed(room: Room, what: 'send' | 'reply'): Closed | undefined {
  const chat = useChat();
  const { events } = useStore(chat.log(room.id).view);
  const sent = events.findLast((event) => isSaid(event) && event.sender === chat.me.id);
  const slow = may(room, 'kick') || room.slow_mode_s === undefined ? 0 : room.slow_mode_s * 1_000;
  const free_at = sent === undefined || slow === 0 ? 0 : sent.ts + slow;
  const until = Math.max(free_at, room.muted_until ?? 0);
  const now = useTicking(until);
  if (room.archived_at !== undefined)
    return {
      icon: 'archive',
      text: i18n.t('This room is archived. It can be read, and nothing is written here any more.'),
    };
  if (!may(room, what))
    return what === 'send' && room.announcement === true && may(room, 'reply')
      ? { icon: 'horn', text: i18n.t('Announcements: moderators write here. You can answer in a thread.') }
      : { icon: 'lock', text: i18n.t('You can read here. To write, ask a moderator.') };
  if ((room.muted_until ?? 0) > now) return { icon: 'bell_off', text: mutedText(room.muted_until ?? 0, now) };
  if (free_at > now)
    return {
      icon: 'clock',
      text: i18n.t('Slow mode: you can write again in {duration}.', { duration: countdown(free_at - now) }),
    };
  return undefined;
}

const FAR_MS = 7 * 86_400_000;

function mutedText(until: number, now: number): string {
  return until - now > FAR_MS
    ? i18n.t('A moderator has muted you here, for now.')
    : i18n.t('A moderator has muted you here, for {duration}.', { duration: countdown(until - now) });
}

/** The time, once a second until that moment is there. */
function useTicking(until: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (until <= Date.now()) return setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, 1_000);
    setNow(Date.now());
    return () => clearInterval(timer);
  }, [until]);
  return now;
}
