import { i18n } from '@lingui/core';
import { useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { excerpt } from '@/lib/text';
import type { Event } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { lineOf } from './forward';

/** Asks before a message goes for good. */
export function DeleteMessage({ event, onClose }: { event: Event; onClose: () => void }) {
  const chat = useChat();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      await chat.conversation.acts.remove(event);
      onClose();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
      setBusy(false);
    }
  };
  return (
    <Dialog title={i18n.t('Delete this message?')} onClose={onClose}>
      <p className="quote">
        <span className="quote-text" dir="auto">
          {excerpt(lineOf(event))}
        </span>
      </p>
      <p className="form-text">
        {event.sender === chat.me.id
          ? i18n.t('Its text and reactions go, for everyone. It cannot be brought back.')
          : i18n.t('It is somebody else’s. Its text and reactions go, for everyone. It cannot be brought back.')}
      </p>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={onClose} data-autofocus>
          {i18n.t('Keep')}
        </button>
        <Button type="button" className="btn btn-danger" off={busy} onClick={() => void remove()}>
          {i18n.t('Delete')}
        </Button>
      </div>
    </Dialog>
  );
}
