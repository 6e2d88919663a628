import { useState } from 'react';
import { useChat } from '@/state/context';
import { may } from '@/state/rights';
import { LeaveQuestion } from '../members/LeaveRoom';
import { useSaving } from '../settings/useSaving';
import type { RoomPartProps } from './RoomSettings';

export function DangerPart({ room }: RoomPartProps) {
  const chat = useChat();
  const saving = useSaving();
  const [leaving, setLeaving] = useState(false);
  const archived = room.archived_at !== undefined;
  const archive = (): void =>
    saving.save(async () => {
      await chat.api.call('POST /rooms/{room}/archive', { params: { room: room.id }, body: { on: !archived } });
    });
  return (
    <>
      {may(room, 'archive') && room.everyone !== true && (
        <div className="danger-row">
          <span>
            {archived ? 'Take the room out of the archive' : 'Archive the room'}
            <small>
              {archived
                ? 'People can write in it again.'
                : 'It can still be read, and nothing more is written. It can be taken back at any time.'}
            </small>
          </span>
          <button
            type="button"
            className={archived ? 'btn btn-primary' : 'btn btn-danger'}
            disabled={saving.busy}
            onClick={archive}
          >
            {archived ? 'Take back' : 'Archive'}
          </button>
        </div>
      )}
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <div className="danger-row">
        <span>
          Leave the room
          <small>
            {room.role === 'owner'
              ? 'When no owner is left, the highest role that stays inherits.'
              : 'What you wrote stays.'}
          </small>
        </span>
        <button type="button" className="btn btn-danger" onClick={() => setLeaving(true)}>
          Leave
        </button>
      </div>
      {leaving && <LeaveQuestion room={room} onClose={() => setLeaving(false)} />}
    </>
  );
}
