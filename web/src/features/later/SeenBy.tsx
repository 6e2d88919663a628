import { i18n } from '@lingui/core';
import { Dialog } from '@/components/Dialog';
import { Icon, type IconName } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { Event, Member, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { useMembers } from '../members/useMembers';
import { PersonAvatar } from '../people/Signs';
import { useBlocked } from '../people/usePerson';
import './later.css';

/** Who has read a message of mine, and whom it has reached. */
export function SeenBy({ room, event, onClose }: { room: Room; event: Event; onClose: () => void }) {
  const { me } = useChat();
  const blocked = useBlocked();
  const { members, error } = useMembers(room);
  const others = members?.filter(({ user }) => user.id !== me.id && !blocked.has(user.id)) ?? [];
  const read = others.filter((member) => (member.read_seq ?? 0) >= event.seq);
  const received = others.filter((member) => !read.includes(member) && member.delivered_seq >= event.seq);
  const rest = others.filter((member) => !read.includes(member) && !received.includes(member));
  return (
    <Dialog title={i18n.t('Seen by')} onClose={onClose} className="seen-sheet">
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {members === undefined && error === undefined && <SkeletonRows count={3} />}
      <People title={i18n.t('Read')} icon="eye" members={read} />
      <People title={i18n.t('Received')} icon="checks" members={received} />
      <People title={i18n.t('Not yet')} icon="clock" members={rest} />
      {members !== undefined && (
        <p className="form-text">
          {i18n.t('Who does not show what they have read stands among those who have received it.')}
        </p>
      )}
    </Dialog>
  );
}

function People({ title, icon, members }: { title: string; icon: IconName; members: readonly Member[] }) {
  if (members.length === 0) return null;
  return (
    <section className="seen" aria-label={title}>
      <h3>
        <Icon name={icon} size={16} />
        {title}
        <span className="seen-count">{members.length}</span>
      </h3>
      <ul className="pick-list">
        {members.map(({ user }) => (
          <li className="pick" key={user.id}>
            <PersonAvatar id={user.id} name={user.display_name} size="s" />
            <bdi className="pick-name">{user.display_name}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
