import { type FormEvent, useId, useState } from 'react';
import type { Me } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { CLEAR_AFTER, type ClearAfter, endOf, PRESETS, statusOf } from '../people/person';
import { untilWords } from '../people/Signs';
import { useClock } from '../people/usePerson';
import { EmojiField } from './EmojiField';
import { SaveRow } from './SaveRow';
import { useSaving } from './useSaving';

/** Sets, changes and clears my status. `onDone` is called after each. */
export function StatusForm({ me, onDone }: { me: Me; onDone?: () => void }) {
  const { account } = useChat();
  const now = useClock();
  const current = statusOf(me, now);
  const [emoji, setEmoji] = useState(current?.emoji ?? '');
  const [text, setText] = useState(current?.text ?? '');
  /** undefined: as it is. */
  const [clear, setClear] = useState<ClearAfter | undefined>(current === undefined ? 'never' : undefined);
  const saving = useSaving();
  const clear_id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const expires_at = clear === undefined ? current?.expires_at : endOf(clear, Date.now());
    saving.save(async () => {
      await account.setStatus({ emoji, text, ...(expires_at === undefined ? {} : { expires_at }) });
      onDone?.();
    });
  };
  const reset = (): void =>
    saving.save(async () => {
      await account.clearStatus();
      setEmoji('');
      setText('');
      setClear('never');
      onDone?.();
    });
  return (
    <form onSubmit={submit}>
      <div className="status-line">
        <EmojiField value={emoji} onChange={setEmoji} />
        <input
          className="form-control"
          value={text}
          maxLength={100}
          placeholder="What are you up to?"
          aria-label="Status"
          data-autofocus
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className="presets">
        {PRESETS.map((preset) => (
          <button
            type="button"
            key={preset.text}
            className="preset"
            aria-pressed={preset.text === text && preset.emoji === emoji}
            onClick={() => {
              setEmoji(preset.emoji);
              setText(preset.text);
              setClear(preset.clear);
            }}
          >
            <span aria-hidden="true">{preset.emoji}</span>
            {preset.text}
          </button>
        ))}
      </div>
      <div className="field">
        <label className="form-label" htmlFor={clear_id}>
          Clear it
        </label>
        <select
          id={clear_id}
          className="form-select"
          value={clear ?? 'as_it_is'}
          onChange={(event) => setClear(event.target.value as ClearAfter)}
        >
          {clear === undefined && (
            <option value="as_it_is">
              {current?.expires_at === undefined
                ? 'Until I clear it, as it is'
                : `As it is, ${untilWords(current.expires_at, now)}`}
            </option>
          )}
          {CLEAR_AFTER.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <SaveRow saving={saving}>
        <button
          type="submit"
          className="btn btn-primary"
          disabled={saving.busy || (emoji.trim() === '' && text.trim() === '')}
        >
          Save
        </button>
        {current !== undefined && (
          <button type="button" className="btn btn-quiet" disabled={saving.busy} onClick={reset}>
            Clear status
          </button>
        )}
      </SaveRow>
    </form>
  );
}
