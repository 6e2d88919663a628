import { i18n } from '@lingui/core';
import { type FormEvent, useState } from 'react';
import { saidOf } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { excerpt } from '@/lib/text';
import type { Event } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { lineOf } from '../timeline/forward';
import { REASONS, type Reason } from './reasons';

const MAX_CHARS = 500;

/** Tells those who look after the room, and the server, of a message. */
export function ReportMessage(props: { event: Event; onClose: () => void; onDone: () => void }) {
  const { event, onClose, onDone } = props;
  const chat = useChat();
  const [reason, setReason] = useState<Reason>();
  const [words, setWords] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async (submit: FormEvent): Promise<void> => {
    submit.preventDefault();
    if (reason === undefined) return setError(i18n.t('Choose what is wrong with it.'));
    setBusy(true);
    try {
      await chat.api.call('POST /rooms/{room}/messages/{seq}/report', {
        params: { room: event.room, seq: event.seq },
        body: { reason, words: words.trim() },
      });
      onClose();
      onDone();
    } catch (cause) {
      setError(saidOf(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={i18n.t('Report this message')} onClose={onClose}>
      <form className="sheet-form" onSubmit={(submit) => void send(submit)}>
        <p className="quote">
          <span className="quote-text" dir="auto">
            {excerpt(lineOf(event))}
          </span>
        </p>
        <div className="choices" role="radiogroup" aria-label={i18n.t('What is wrong with it')}>
          {REASONS.map((one) => (
            <label className="choice" key={one.reason}>
              <input
                type="radio"
                name="reason"
                value={one.reason}
                checked={reason === one.reason}
                onChange={() => {
                  setReason(one.reason);
                  setError(undefined);
                }}
              />
              <span>
                <b>{i18n.t(one.name)}</b>
                <small>{i18n.t(one.hint)}</small>
              </span>
            </label>
          ))}
        </div>
        <div className="field">
          <label className="form-label" htmlFor="report-words">
            {i18n.t('In your words')}
          </label>
          <textarea
            id="report-words"
            className="form-control"
            rows={2}
            maxLength={MAX_CHARS}
            placeholder={i18n.t('optional')}
            value={words}
            onChange={(change) => setWords(change.target.value)}
          />
          <div className="form-text">
            {i18n.t(
              'The moderators of the room and the admins of the server see the message as it is now, and who ' +
                'reported it. Its author does not.',
            )}
          </div>
        </div>
        {error !== undefined && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
        <div className="sheet-foot">
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {i18n.t('Cancel')}
          </button>
          <Button type="submit" className="btn btn-danger" off={busy}>
            {i18n.t('Report')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
