import { i18n } from '@lingui/core';
import { useState } from 'react';
import { Dialog } from '@/components/Dialog';
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

/** How long messages are kept: a choice of usual times, and the one that is set. A shorter one is asked for once more. */
export function RetentionRow({ days, none, disabled, onChange }: Props) {
  const [asked, setAsked] = useState<number>();
  const choice = DAYS.includes(days) || days === 0 ? DAYS : [...DAYS, days].sort((a, b) => a - b);
  const choose = (next: number): void => {
    if (next !== 0 && (days === 0 || next < days)) setAsked(next);
    else onChange(next);
  };
  return (
    <>
      <label className="select-row">
        <span>
          {i18n.t('Messages are kept for')}
          <small>{i18n.t('What is older loses its text and its files, and nobody can bring that back.')}</small>
        </span>
        <select
          className="form-select"
          value={days}
          disabled={disabled}
          onChange={(event) => choose(Number(event.target.value))}
        >
          <option value={0}>{none}</option>
          {choice.map((one) => (
            <option key={one} value={one}>
              {durationWords(one * DAY_S)}
            </option>
          ))}
        </select>
      </label>
      {asked !== undefined && (
        <Question
          time={durationWords(asked * DAY_S)}
          onKeep={() => {
            setAsked(undefined);
            onChange(asked);
          }}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

function Question({ time, onKeep, onClose }: { time: string; onKeep: () => void; onClose: () => void }) {
  return (
    <Dialog title={i18n.t('Empty what is older?')} onClose={onClose}>
      <p>
        {i18n.t(
          'Messages older than {time} lose their texts and files within minutes, for everybody. Nobody can bring them back.',
          { time },
        )}
      </p>
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={onClose} data-autofocus>
          {i18n.t('Cancel')}
        </button>
        <button type="button" className="btn btn-danger" onClick={onKeep}>
          {i18n.t('Keep for {time}', { time })}
        </button>
      </div>
    </Dialog>
  );
}
