import { Avatar } from '@/components/Avatar';
import { Icon } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { roomName } from '@/state/names';

/** What stands above the first message of a room. */
export function RoomIntro({ room }: { room: Room }) {
  const { me } = useChat();
  const name = roomName(room);
  if (room.kind === 'dm') {
    const peer = room.peer ?? me;
    return (
      <div className="intro">
        <Avatar id={peer.id} name={peer.display_name} size="l" />
        <p className="intro-name">
          <bdi>{name}</bdi>
        </p>
        <p>
          {room.peer === undefined || room.peer.id === me.id
            ? 'A place for notes that only you can read.'
            : `This is the beginning of your conversation with ${name} (@${peer.username}). Only the two of you can read it.`}
        </p>
      </div>
    );
  }
  return (
    <div className="intro">
      <span className="intro-badge">
        <Icon name={room.kind === 'public' ? 'hash' : 'lock'} size={26} />
      </span>
      <p className="intro-name">
        <bdi>{name}</bdi>
      </p>
      {room.topic !== '' && <p className="intro-topic">{room.topic}</p>}
      <p>
        {room.kind === 'public'
          ? 'This is where the room begins. Anyone here can find and join it.'
          : 'This is where the room begins. Only people who were added can read it.'}
      </p>
    </div>
  );
}
