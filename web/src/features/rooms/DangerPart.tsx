import { i18n } from '@lingui/core';
import { useState } from 'react';
import { Button } from '@/components/Button';
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
            {archived ? i18n.t('Take the room out of the archive') : i18n.t('Archive the room')}
            <small>
              {archived
                ? i18n.t('People can write in it again.')
                : i18n.t('It can still be read, and nothing more is written. It can be taken back at any time.')}
            </small>
          </span>
          <Button
            type="button"
            className={archived ? 'btn btn-primary' : 'btn btn-danger'}
            off={saving.busy}
            onClick={archive}
          >
            {archived
              ? i18n.t({ id: 'Take back (archive)', message: 'Take back', comment: 'Out of the archive' })
              : i18n.t({ id: 'Archive (verb)', message: 'Archive' })}
          </Button>
        </div>
      )}
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <div className="danger-row">
        <span>
          {i18n.t('Leave the room')}
          <small>
            {room.role === 'owner'
              ? i18n.t('When no owner is left, the highest role that stays inherits.')
              : i18n.t('What you wrote stays.')}
          </small>
        </span>
        <button type="button" className="btn btn-danger" onClick={() => setLeaving(true)}>
          {i18n.t('Leave')}
        </button>
      </div>
      {leaving && <LeaveQuestion room={room} onClose={() => setLeaving(false)} />}
    </>
  );
}
