import { Link, useLocation } from 'wouter';
import { calls, type Rooms } from '@/client/room_list';
import { unreadReplies } from '@/client/threads';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { useChat, useStore } from '@/state/context';

/** The way to everything unread. What is how much, the rooms below say. */
export function InboxLink({ rooms }: { rooms: Rooms }) {
  const [location] = useLocation();
  const threads = useStore(useChat().conversation.threads.view);
  const some = unreadReplies(threads) > 0 || [...rooms.values()].some((room) => calls(room) > 0);
  const on = location === paths.inbox;
  const classes = ['side-row', 'side-row-first'];
  if (on) classes.push('is-on');
  if (some) classes.push('is-unread');
  return (
    <Link href={paths.inbox} className={classes.join(' ')} aria-current={on ? 'page' : undefined}>
      <span className="side-sign">
        <Icon name="inbox" size={17} />
      </span>
      <span className="side-name">Inbox</span>
    </Link>
  );
}
