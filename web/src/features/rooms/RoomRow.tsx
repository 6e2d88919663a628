import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type ComponentType, memo } from 'react';
import { Link } from 'wouter';
import { unreadOf } from '@/client/room_list';
import type { PresenceState } from '@/components/Avatar';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { roomName } from '@/state/names';
import { isHushed } from '@/state/notify';
import { PersonAvatar, StatusSign } from '../people/Signs';
import { useMoment } from '../people/usePerson';
import { badgeNumber, HIDDEN } from './badge';
import { RoomSign } from './RoomSign';

interface Props {
  room: Room;
  /** It is open. */
  on: boolean;
  draft: boolean;
  /** Of the other person of a direct message. */
  presence: PresenceState | undefined;
  /** The second line, where there is place for one. */
  Last?: ComponentType<{ room: Room }> | undefined;
}

/** A room in the sidebar. Of thousands of rows only those whose room changed are rendered again. */
export const RoomRow = memo(function RoomRow({ room, on, draft, presence, Last }: Props) {
  const { me } = useChat();
  const unread = unreadOf(room);
  const mentions = room.mentions?.length ?? 0;
  const hushed = useMoment((now) => isHushed(room, now));
  const counts = unread > 0 && !hushed;
  const classes = ['side-row', 'room-row'];
  if (on) classes.push('is-on');
  if (hushed) classes.push('is-hushed');
  else if (unread > 0 || mentions > 0) classes.push('is-unread');
  const peer = room.peer ?? me;
  // A room is called what it is called, whatever was said in it last.
  const line = Last && `last-${room.id}`;
  const words = (
    <>
      <bdi className="side-name">{roomName(room)}</bdi>
      {room.peer !== undefined && <StatusSign id={room.peer.id} />}
      {draft && !on && !counts && mentions === 0 && (
        <span className="side-draft" title={i18n.t('Draft')}>
          <Icon name="edit" size={14} />
          <span className="visually-hidden">{i18n.t(', draft')}</span>
        </span>
      )}
      {hushed && (
        <span className="side-hushed" title={i18n.t('Muted')}>
          <Icon name="bell_off" size={15} />
          <span className="visually-hidden">{i18n.t(', muted')}</span>
        </span>
      )}
      {mentions > 0 && (
        <span className={hushed ? 'badge-count badge-quiet' : 'badge-count badge-mention'}>
          <Trans
            id="@{count}<0> {mentions, plural, one {mention} other {mentions}}</0>"
            values={{ count: badgeNumber(mentions), mentions }}
            components={HIDDEN}
          />
        </span>
      )}
      {counts && (
        <span className={room.kind === 'dm' ? 'badge-count' : 'badge-count badge-plain'}>
          <Trans id="{count}<0> unread</0>" values={{ count: badgeNumber(unread) }} components={HIDDEN} />
        </span>
      )}
    </>
  );
  return (
    <Link
      href={paths.room(room.id)}
      className={classes.join(' ')}
      aria-current={on ? 'page' : undefined}
      aria-describedby={line}
    >
      {room.kind === 'dm' ? (
        <PersonAvatar id={peer.id} name={peer.display_name} size="s" presence={presence} />
      ) : (
        <RoomSign room={room} />
      )}
      {Last === undefined ? (
        words
      ) : (
        <span className="side-lines">
          <span className="side-first">{words}</span>
          <span className="side-last" id={line} aria-hidden="true">
            <Last room={room} />
          </span>
        </span>
      )}
    </Link>
  );
});
