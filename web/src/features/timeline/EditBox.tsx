import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { filesOf } from '@/client/message_state';
import { byteLength } from '@/lib/text';
import { type Event, LIMITS } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import type { MessageActions } from './actions';

/** Where a message of mine is written anew, in its own place. Nothing is lost by a failure. */
export function EditBox({ event, actions }: { event: Event; actions: MessageActions }) {
  const { acts } = useChat().conversation;
  const [text, setText] = useState(() => actions.editText(event));
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const area = box.current;
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const area = box.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

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
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
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
        value={text}
        aria-label="Edit your message"
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
          <span className="edit-hint">{fits ? 'Enter saves, Esc cancels' : 'Too long'}</span>
        ) : (
          <span className="field-error" role="alert">
            Not saved. {error}
          </span>
        )}
        <button type="button" className="btn-link btn-link-quiet" onClick={() => actions.edited()}>
          Cancel
        </button>
        <button type="submit" className="btn-link" disabled={busy || !fits}>
          {busy ? 'Saving…' : 'Save'}
        </button>
      </div>
    </form>
  );
}
