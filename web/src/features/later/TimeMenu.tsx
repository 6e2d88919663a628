import { i18n } from '@lingui/core';
import { type FormEvent, useId, useState } from 'react';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { useChat, useStore } from '@/state/context';
import { choicesOf, fieldOf, momentOfField, whenWords, zoneOf } from './times';
import './later.css';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const DEFAULT_AHEAD_MS = 2 * 60 * 60 * 1000;

interface Props {
  title: string;
  anchor: Anchor;
  /** Another time than now that is set already. */
  at?: number | undefined;
  onPick: (at: number) => void;
  onClose: () => void;
}

/** My zone: of my profile, else the browser's. */
export function useZone(): string {
  return zoneOf(useStore(useChat().account.me)?.time_zone);
}

/** Chooses a moment: one of a few, or any of the next year. */
export function TimeMenu({ title, anchor, at, onPick, onClose }: Props) {
  const zone = useZone();
  const [now] = useState(Date.now);
  const [field, setField] = useState(() => fieldOf(at ?? now + DEFAULT_AHEAD_MS, zone));
  const [error, setError] = useState<string>();
  const field_id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = momentOfField(field, zone);
    if (chosen === undefined || chosen <= Date.now()) setError(i18n.t('Choose a time that is still to come.'));
    else if (chosen > now + YEAR_MS) setError(i18n.t('Choose a time within a year.'));
    else onPick(chosen);
  };
  return (
    <Floating label={title} anchor={anchor} onClose={onClose} className="menu-floating">
      <p className="time-title">{title}</p>
      <div className="menu">
        {choicesOf(now, zone).map((choice, place) => (
          <button
            type="button"
            key={choice.name}
            className="menu-row"
            data-autofocus={place === 0 ? '' : undefined}
            onClick={() => onPick(choice.at)}
          >
            {choice.name}
            <small className="time-when">{whenWords(choice.at, now, zone)}</small>
          </button>
        ))}
      </div>
      <form className="time-own" onSubmit={submit}>
        <label htmlFor={field_id}>{i18n.t('Another time')}</label>
        <div className="time-line">
          <input
            id={field_id}
            type="datetime-local"
            className="form-control"
            value={field}
            min={fieldOf(now, zone)}
            max={fieldOf(now + YEAR_MS, zone)}
            onChange={(event) => {
              setField(event.target.value);
              setError(undefined);
            }}
          />
          <button
            type="submit"
            className="btn btn-primary"
            aria-label={i18n.t('Take this time')}
            title={i18n.t('Take this time')}
          >
            <Icon name="check" size={17} />
          </button>
        </div>
        {error !== undefined && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
      </form>
    </Floating>
  );
}
