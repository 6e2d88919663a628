import type { Room } from '@/protocol/ops.gen';
import { roomName } from '@/state/names';
import { RoomSign } from './RoomSign';

export function RoomTitle({ room }: { room: Room }) {
  return (
    <>
      <h1>
        <RoomSign room={room} size={18} className="top-sign" />
        <bdi>{roomName(room)}</bdi>
      </h1>
      <p title={room.topic} dir="auto">
        {room.topic}
      </p>
    </>
  );
}
