import { i18n } from '@lingui/core';
import { ago } from '@/lib/time';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { usePresence } from '../rooms/usePresence';
import { PersonButton } from './PersonCard';
import { BotSign, PersonAvatar, signOf } from './Signs';
import { statusOf } from './told';
import { useBlocked, useClock, usePerson } from './usePerson';

/** Whom a direct message is with, and how they are; opens their card. */
export function DmTitle({ room }: { room: Room }) {
  const chat = useChat();
  const peer = room.peer ?? chat.me;
  const presence = usePresence([peer.id])(peer.id);
  const seen = useStore(chat.presence.states).get(peer.id)?.last_seen;
  const now = useClock();
  const user = usePerson(peer.id);
  const status = statusOf(user, now);
  const blocked = useBlocked().has(peer.id);
  const words = {
    online: i18n.t('here now'),
    away: i18n.t('away'),
    offline: seen === undefined ? i18n.t('not here') : i18n.t('last here {when}', { when: ago(seen, now) }),
  };
  const says = status === undefined ? words[presence] : `${signOf(status)} ${status.text}`.trim();
  return (
    <>
      <h1>
        <PersonButton id={peer.id} className="dm-title">
          <PersonAvatar id={peer.id} name={peer.display_name} size="s" presence={presence} />
          <bdi>{user?.display_name ?? roomName(room)}</bdi>
          <BotSign user={user} />
        </PersonButton>
      </h1>
      <p dir="auto">{blocked ? i18n.t('blocked by you') : says}</p>
    </>
  );
}
