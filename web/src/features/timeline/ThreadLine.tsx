import { i18n } from '@lingui/core';
import { Icon } from '@/components/Icon';
import { ago } from '@/lib/time';
import type { Event } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { PersonAvatar } from '../people/Signs';

/** Below a message with a thread: who is in it, how much of it there is, and what is new to me. */
export function ThreadLine(props: { event: Event; repliers: string | undefined; onOpen: (event: Event) => void }) {
  const { event, repliers, onOpen } = props;
  const chat = useChat();
  const users = useStore(chat.people.users);
  const { threads } = useStore(chat.conversation.threads.view);
  const room = useStore(chat.list.rooms).get(event.room);
  const { events } = useStore(chat.log(event.room).view);
  const { replies = 0, last_reply } = event.state ?? {};
  const mine = threads.find((one) => one.room === event.room && one.root.seq === event.seq);
  const first = events[0]?.seq ?? 0;
  const named = room?.mentions?.some((seq) => events[seq - first]?.about === event.seq) === true;
  const unread = mine?.following === true ? mine.unread : 0;
  return (
    <button
      type="button"
      className={unread > 0 || named ? 'thread-line is-unread' : 'thread-line'}
      onClick={() => onOpen(event)}
    >
      {repliers === undefined ? (
        <Icon name="thread" size={16} />
      ) : (
        <span className="thread-faces">
          {repliers.split(' ').map((id) => (
            <PersonAvatar key={id} id={id} name={nameOf(users.get(id))} size="s" />
          ))}
        </span>
      )}
      <span className="thread-count">
        {i18n.t('{count, plural, one {# reply} other {# replies}}', { count: replies })}
      </span>
      {(unread > 0 || named) && <span className="badge-count">{named ? '@' : newWords(unread)}</span>}
      {last_reply !== undefined && <span className="thread-when">{ago(last_reply, Date.now())}</span>}
    </button>
  );
}

function newWords(count: number): string {
  return count > 99 ? i18n.t('99+ new') : i18n.t('{count, plural, one {# new} other {# new}}', { count });
}
