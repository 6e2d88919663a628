import { i18n } from '@lingui/core';
import { useLocation } from 'wouter';
import { calls, type Rooms } from '@/client/room_list';
import { paths } from '@/lib/paths';
import { useChat, useStore } from '@/state/context';
import { UnreadCount } from '../rooms/badge';
import { SideLink } from '../rooms/SideLink';

/** The way to everything unread, and how many conversations that is. */
export function InboxLink({ rooms }: { rooms: Rooms }) {
  const [location] = useLocation();
  const { threads } = useStore(useChat().conversation.threads.view);
  const count =
    [...rooms.values()].filter((room) => calls(room) > 0).length +
    threads.filter((one) => one.following && one.unread > 0 && rooms.has(one.room)).length;
  return (
    <SideLink href={paths.inbox} on={location === paths.inbox} icon="inbox" name={i18n.t('Inbox')}>
      <UnreadCount count={count} />
    </SideLink>
  );
}
