import { i18n, type MessageDescriptor } from '@lingui/core';
import { clockTime } from '@/lib/time';
import { type ClockFormat, chooseClockFormat, clockFormat } from '@/state/clock_format';
import { useStore } from '@/state/context';

const CHOICES: { choice: ClockFormat; name: MessageDescriptor }[] = [
  { choice: 'locale', name: /*i18n*/ { id: 'By region' } },
  { choice: '24', name: /*i18n*/ { id: '24 hours', comment: 'How a clock counts' } },
  { choice: '12', name: /*i18n*/ { id: '12 hours', comment: 'How a clock counts' } },
];

/** How the hours of a day are counted, and what a clock shows then. */
export function ClockChoice() {
  const now = useStore(clockFormat);
  return (
    <fieldset className="appearance-choice">
      <legend>{i18n.t('Clock')}</legend>
      <div className="segments">
        {CHOICES.map(({ choice, name }) => (
          <button type="button" key={choice} aria-pressed={now === choice} onClick={() => chooseClockFormat(choice)}>
            {i18n.t(name)}
          </button>
        ))}
      </div>
      <p className="accent-note">{i18n.t('It is {time} now.', { time: clockTime(Date.now()) })}</p>
    </fieldset>
  );
}
