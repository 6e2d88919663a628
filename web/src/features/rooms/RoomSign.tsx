import { Face } from '@/components/Avatar';
import { Icon } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';
import { roomIcon } from './roomIcon';

/** What stands before a room's name: what kind of room it is, or its picture over that. */
export function RoomSign({
  room,
  size = 17,
  className = 'side-sign',
}: {
  room: Room;
  size?: number;
  className?: string;
}) {
  return (
    <span className={room.picture === undefined ? className : `${className} has-face`}>
      <Icon name={roomIcon(room)} size={size} />
      {room.picture !== undefined && <Face key={room.picture} picture={room.picture} />}
    </span>
  );
}
