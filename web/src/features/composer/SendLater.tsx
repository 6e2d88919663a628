import { useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import type { Place } from '@/client/outbox_store';
import { Icon } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { TimeMenu } from '../later/TimeMenu';
import { whenWords, zoneOf } from '../later/times';
import { readLine } from './commands';

interface Props {
  room: Room;
  text: string;
  place: Place;
  /** It is kept, and will be sent then, in words. */
  onKept: (when: string) => void;
  onError: (words: string) => void;
}

/** The clock beside the button that sends: chooses when. */
export function SendLater({ room, text, place, onKept, onError }: Props) {
  const { account, conversation } = useChat();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const line = readLine(text.trim());
  const body = line.kind === 'message' ? line.body : undefined;
  const keep = async (send_at: number): Promise<void> => {
    setOpen(false);
    if (body === undefined) return;
    setBusy(true);
    try {
      await conversation.later.schedule({ room: room.id, body, send_at, ...place });
      onKept(whenWords(send_at, Date.now(), zoneOf(account.me.get()?.time_zone)));
    } catch (cause) {
      onError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="btn-icon"
        aria-label="Send later"
        title="Send later"
        aria-haspopup="dialog"
        aria-expanded={open}
        disabled={body === undefined || busy}
        onClick={() => setOpen(true)}
      >
        <Icon name="clock" />
      </button>
      {open && button.current !== null && (
        <TimeMenu
          title="Send it"
          anchor={button.current.getBoundingClientRect()}
          onPick={(at) => void keep(at)}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
