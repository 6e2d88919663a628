import { i18n } from '@lingui/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { saidOf } from '@/client/error';
import { Dialog } from '@/components/Dialog';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { roomName } from '@/state/names';

/** The way out of a room, with a question before it. */
export function LeaveRoom({ room }: { room: Room }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className="side-row side-more" onClick={() => setAsking(true)}>
        <span className="side-sign">
          <Icon name="leave" size={17} />
        </span>
        <span className="side-name">{i18n.t('Leave the room')}</span>
      </button>
      {asking && <LeaveQuestion room={room} onClose={() => setAsking(false)} />}
    </>
  );
}

/** Asks whether to leave, and does. */
export function LeaveQuestion({ room, onClose }: { room: Room; onClose: () => void }) {
  const chat = useChat();
  const [, go] = useLocation();
  const [error, setError] = useState<string>();
  const leave = async (): Promise<void> => {
    try {
      await chat.leave(room.id);
      go(paths.home);
    } catch (cause) {
      setError(saidOf(cause));
    }
  };
  return (
    <ConfirmLeave
      text={
        room.kind === 'public'
          ? i18n.t('You can join it again at any time.')
          : i18n.t('Somebody in it has to add you again before you can come back.')
      }
      name={roomName(room)}
      error={error}
      onLeave={() => void leave()}
      onClose={onClose}
    />
  );
}

function ConfirmLeave(props: {
  name: string;
  text: string;
  error: string | undefined;
  onLeave: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog title={i18n.t('Leave {room}?', { room: props.name })} onClose={props.onClose}>
      <p>{props.text}</p>
      {props.error !== undefined && (
        <p className="field-error" role="alert">
          {props.error}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={props.onClose} data-autofocus>
          {i18n.t('Stay')}
        </button>
        <button type="button" className="btn btn-danger" onClick={props.onLeave}>
          {i18n.t('Leave')}
        </button>
      </div>
    </Dialog>
  );
}
