import { i18n } from '@lingui/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Chat } from '@/client/chat';
import { ApiError } from '@/client/error';
import { filesOf } from '@/client/message_state';
import { Button } from '@/components/Button';
import { byteLength } from '@/lib/bytes';
import { useGrowing } from '@/lib/useGrowing';
import { type Event, LIMITS } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { say } from '@/state/notice';
import type { MessageActions } from './actions';

/** Where a message of mine is written anew, in its own place. Nothing is lost by a failure. */
export function EditBox({ event, actions }: { event: Event; actions: MessageActions }) {
  const chat = useChat();
  const { acts } = chat.conversation;
  const [text, setText] = useState(() => actions.editText(event));
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const area = box.current;
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }, []);
  useGrowing(box, text);

  const body = text.trim();
  const fits = byteLength(body) <= LIMITS.max_body;
  const save = async (): Promise<void> => {
    if (busy || !fits) return;
    if (body === '' && filesOf(event).length === 0) return actions.remove(event);
    if (body === event.body) return actions.edited();
    setBusy(true);
    setError(undefined);
    try {
      await acts.edit(event, body);
      actions.edited();
      say(i18n.t('Saved.'), () => {
        acts.edit(event, event.body).catch(() => say(i18n.t('It could not be taken back.')));
      });
    } catch (cause) {
      if (cause instanceof ApiError && cause.code === 'network' && (await wait(chat, event, body)))
        return actions.edited();
      setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
      setBusy(false);
      box.current?.focus();
    }
  };
  const keyDown = (press: KeyboardEvent): void => {
    press.stopPropagation();
    if (press.nativeEvent.isComposing || press.keyCode === 229) return;
    if (press.key === 'Escape') actions.edited();
    if (press.key !== 'Enter' || press.shiftKey || press.altKey) return;
    press.preventDefault();
    void save();
  };
  return (
    <form
      className="edit"
      onSubmit={(submit) => {
        submit.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={box}
        rows={1}
        dir="auto"
        value={text}
        aria-label={i18n.t('Edit your message')}
        aria-invalid={error !== undefined}
        readOnly={busy}
        onChange={(change) => {
          setText(change.target.value);
          actions.noteEdit(event, change.target.value);
        }}
        onKeyDown={keyDown}
      />
      <div className="edit-foot">
        {error === undefined ? (
          <span className="edit-hint">{fits ? i18n.t('Enter saves, Esc cancels') : i18n.t('Too long')}</span>
        ) : (
          <span className="field-error" role="alert">
            {i18n.t('Not saved. {error}', { error })}
          </span>
        )}
        <button type="button" className="btn-link btn-link-quiet" onClick={() => actions.edited()}>
          {i18n.t('Cancel')}
        </button>
        <Button type="submit" className="btn-link" off={busy || !fits}>
          {busy ? i18n.t('Saving…') : i18n.t('Save')}
        </Button>
      </div>
    </form>
  );
}

/** Without a line it is saved later. False: the code for that never came. */
async function wait(chat: Chat, event: Event, body: string): Promise<boolean> {
  try {
    const { waitingEdits } = await import('./waiting');
    waitingEdits(chat).add(event, body);
  } catch {
    return false;
  }
  say(i18n.t('Your edit is saved as soon as the line is back.'));
  return true;
}
