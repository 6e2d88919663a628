import { i18n } from '@lingui/core';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '@/components/Button';
import type { Me } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { CLEAR_AFTER, type ClearAfter, endOf, PRESETS } from '../people/person';
import { endWords } from '../people/Signs';
import { statusOf } from '../people/told';
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
          placeholder={i18n.t('What are you up to?')}
          aria-label={i18n.t('Status')}
          data-autofocus
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className="presets">
        {PRESETS.map((preset) => (
          <button
            type="button"
            key={preset.emoji}
            className="preset"
            aria-pressed={i18n.t(preset.text) === text && preset.emoji === emoji}
            onClick={() => {
              setEmoji(preset.emoji);
              setText(i18n.t(preset.text));
              setClear(preset.clear);
            }}
          >
            <span aria-hidden="true">{preset.emoji}</span>
            {i18n.t(preset.text)}
          </button>
        ))}
      </div>
      <div className="field">
        <label className="form-label" htmlFor={clear_id}>
          {i18n.t('Clear it')}
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
                ? i18n.t('Until I clear it, as it is')
                : i18n.t('As it is, until {time}', { time: endWords(current.expires_at, now) })}
            </option>
          )}
          {CLEAR_AFTER.map(({ value, name }) => (
            <option key={value} value={value}>
              {i18n.t(name)}
            </option>
          ))}
        </select>
      </div>
      <SaveRow saving={saving}>
        <Button
          type="submit"
          className="btn btn-primary"
          off={saving.busy || (emoji.trim() === '' && text.trim() === '')}
        >
          {i18n.t('Save')}
        </Button>
        {current !== undefined && (
          <Button type="button" className="btn btn-quiet" off={saving.busy} onClick={reset}>
            {i18n.t('Clear status')}
          </Button>
        )}
      </SaveRow>
    </form>
  );
}
