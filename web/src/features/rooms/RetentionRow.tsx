import { i18n } from '@lingui/core';
import { durationWords } from './durations';

const DAYS = [1, 7, 30, 90, 180, 365, 730, 1_825, 3_650];
const DAY_S = 86_400;

interface Props {
  /** 0: none. */
  days: number;
  none: string;
  disabled?: boolean;
  onChange: (days: number) => void;
}

/** How long messages are kept: a choice of usual times, and the one that is set. */
export function RetentionRow({ days, none, disabled, onChange }: Props) {
  const choice = DAYS.includes(days) || days === 0 ? DAYS : [...DAYS, days].sort((a, b) => a - b);
  return (
    <label className="select-row">
      <span>
        {i18n.t('Messages are kept for')}
        <small>{i18n.t('What is older loses its text and its files, and nobody can bring that back.')}</small>
      </span>
      <select
        className="form-select"
        value={days}
        disabled={disabled}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        <option value={0}>{none}</option>
        {choice.map((one) => (
          <option key={one} value={one}>
            {durationWords(one * DAY_S)}
          </option>
        ))}
      </select>
    </label>
  );
}
