import { i18n, type MessageDescriptor } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import type { OutboxFile, Place } from '@/client/outbox_store';
import { Icon } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';
import { useAuth, useChat } from '@/state/context';
import type { SendingUp } from '../files/sendUp';
import { TimeMenu } from '../later/TimeMenu';
import { whenWords, zoneOf } from '../later/times';
import { readLine } from './commands';

interface Props {
  room: Room;
  text: string;
  place: Place;
  /** What is in the tray of the draft of this name: uploaded before it is kept. */
  files: readonly OutboxFile[];
  draft: string;
  /** It is kept, and will be sent then, in words. */
  onKept: (when: string) => void;
  onError: (words: string) => void;
}

/** The clock beside the button that sends: chooses when. */
export function SendLater({ room, text, place, files, draft, onKept, onError }: Props) {
  const { account, conversation } = useChat();
  const auth = useAuth();
  const sending = useRef<SendingUp>(undefined);
  const [share, setShare] = useState<number>();
  useEffect(() => () => sending.current?.stop(), []);
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
      const ids = await upload();
      if (ids === undefined) return;
      const what = { ...(body === '' ? {} : { body }), ...(ids.length === 0 ? {} : { files: ids }) };
      await conversation.later.schedule({ room: room.id, send_at, ...what, ...place });
      onKept(whenWords(send_at, Date.now(), zoneOf(account.me.get()?.time_zone)));
    } catch (cause) {
      onError(wordsOf(cause));
    } finally {
      setBusy(false);
      setShare(undefined);
    }
  };
  /** Undefined: it was stopped. */
  const upload = async (): Promise<string[] | undefined> => {
    if (files.length === 0) return [];
    const { sendUp } = await import('../files/sendUp');
    setShare(0);
    sending.current = sendUp(auth, draft, files, setShare);
    return sending.current.done;
  };
  if (share !== undefined)
    return (
      <>
        <span className="composer-left" role="status">
          {i18n.t('Uploading {percent} %', { percent: Math.floor(share * 100) })}
        </span>
        <button
          type="button"
          className="btn-icon"
          aria-label={i18n.t('Stop uploading')}
          title={i18n.t('Stop uploading')}
          onClick={() => sending.current?.stop()}
        >
          <Icon name="close" />
        </button>
      </>
    );
  return (
    <>
      <button
        ref={button}
        type="button"
        className="btn-icon"
        aria-label={i18n.t('Send later')}
        title={i18n.t('Send later')}
        aria-haspopup="dialog"
        aria-expanded={open}
        disabled={body === undefined || busy}
        onClick={() => setOpen(true)}
      >
        <Icon name="clock" />
      </button>
      {open && button.current !== null && (
        <TimeMenu
          title={i18n.t('Send it')}
          anchor={button.current.getBoundingClientRect()}
          onPick={(at) => void keep(at)}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

const WHY: Record<string, MessageDescriptor> = {
  too_large: /*i18n*/ { id: 'A file is larger than this server takes.' },
  quota_exceeded: /*i18n*/ { id: 'Your files take all the space that you have here.' },
  too_many_uploads: /*i18n*/ { id: 'Too many of your files are on their way.' },
};

function wordsOf(cause: unknown): string {
  if (!(cause instanceof ApiError)) return i18n.t('Something went wrong. Try again.');
  const why = WHY[cause.code];
  return why === undefined ? cause.message : i18n.t(why);
}
