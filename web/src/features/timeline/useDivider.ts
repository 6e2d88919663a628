import { useEffect, useState } from 'react';
import { unreadOf } from '@/client/room_list';
import type { Room } from '@/protocol/ops.gen';
import { attention } from '@/state/attention';
import { useChat, useStore } from '@/state/context';

/** Behind which event the line "New" stands. Set when the room is opened with unread messages, when the person turns away
 *  from it and where messages are marked as unread, and then not moved: it must not run away from who reads. The component
 *  is made anew for each room. */
export function useDivider(room: Room): number | undefined {
  const chat = useChat();
  const attentive = useStore(attention);
  const [divider, setDivider] = useState(() => (unreadOf(room) > 0 ? room.read_seq : undefined));
  useEffect(() => {
    if (attentive) return;
    const now = chat.list.get(room.id);
    if (now !== undefined && unreadOf(now) === 0) setDivider(now.head);
  }, [attentive, chat, room.id]);
  // What came since this device was here last stands below the line, too.
  useEffect(() => {
    if (chat.synced.get()) return;
    return chat.synced.subscribe(() => {
      const now = chat.list.get(room.id);
      if (now !== undefined && unreadOf(now) > 0) setDivider((known) => known ?? now.read_seq);
    });
  }, [chat, room.id]);
  useEffect(
    () =>
      chat.list.events.on('back', (id) => {
        const now = chat.list.get(id);
        if (id === room.id && now !== undefined && unreadOf(now) > 0) setDivider(now.read_seq);
      }),
    [chat, room.id],
  );
  return divider;
}
