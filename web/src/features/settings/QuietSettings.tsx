import { i18n, type MessageDescriptor } from '@lingui/core';
import { Trans } from '@lingui/react';
import { useId, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
import { paths } from '@/lib/paths';
import type { Me } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { minutesOf, nights, type QuietDay, weekdayName, weekOf } from '../people/person';
import { endWords } from '../people/Signs';
import { isQuiet } from '../people/told';
import { useClock } from '../people/usePerson';
import { SaveRow } from './SaveRow';
import type { PartProps } from './SettingsScreen';
import { useSaving } from './useSaving';

const MORNING = 8;

/** Ways to want quiet right now. */
const FOR: { name: MessageDescriptor; until: (now: number) => number }[] = [
  { name: /*i18n*/ { id: '30 minutes' }, until: (now) => now + 30 * 60_000 },
  { name: /*i18n*/ { id: '1 hour' }, until: (now) => now + 60 * 60_000 },
  { name: /*i18n*/ { id: '4 hours' }, until: (now) => now + 4 * 60 * 60_000 },
  {
    name: /*i18n*/ { id: 'Until tomorrow' },
    until: (now) => {
      const morning = new Date(now);
      morning.setHours(24 + MORNING, 0, 0, 0);
      return morning.getTime();
    },
  },
];

/** What of my settings PUT /me/dnd would otherwise take away. */
function kept(me: Me): { quiet_from?: number[]; quiet_to?: number[] } {
  const { quiet_from, quiet_to } = me;
  return quiet_from === undefined || quiet_to === undefined ? {} : { quiet_from, quiet_to };
}

export function QuietSettings({ me }: PartProps) {
  // Not the form's own: what it saves makes it anew.
  const saving = useSaving();
  return (
    <>
      <p className="settings-lead">
        {i18n.t('While it lasts nothing notifies you, and others see a mark at your badge.')}
      </p>
      <Now me={me} />
      <h3 className="settings-sub">{i18n.t('Quiet hours')}</h3>
      <Hours key={weekKey(me)} me={me} saving={saving} />
    </>
  );
}

/** The form of the hours is made again when they changed, here or on another device. */
function weekKey(me: Me): string {
  return [me.quiet_from, me.quiet_to].join('/');
}

function Now({ me }: PartProps) {
  const { account } = useChat();
  const now = useClock();
  const saving = useSaving();
  const quiet = isQuiet(me, now);
  const time = endWords(me.dnd?.until ?? now, now);
  const switched = me.dnd_until !== undefined && me.dnd_until > now;
  return (
    <>
      {quiet && (
        <p className="quiet-note">
          {switched
            ? i18n.t('Not to be disturbed until {time}.', { time })
            : i18n.t('Not to be disturbed until {time}, by your quiet hours.', { time })}
        </p>
      )}
      <fieldset className="quiet-now">
        <legend className="form-label">{i18n.t('Do not disturb me for')}</legend>
        {FOR.map(({ name, until }) => (
          <Button
            type="button"
            key={name.id}
            className="btn btn-quiet"
            off={saving.busy}
            onClick={() => saving.save(() => account.setQuiet({ ...kept(me), until: until(Date.now()) }))}
          >
            {i18n.t(name)}
          </Button>
        ))}
        {switched && (
          <Button
            type="button"
            className="btn btn-primary"
            off={saving.busy}
            onClick={() => saving.save(() => account.setQuiet(kept(me)))}
          >
            {i18n.t('Switch off')}
          </Button>
        )}
      </fieldset>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
    </>
  );
}

function Hours({ me, saving }: PartProps & { saving: ReturnType<typeof useSaving> }) {
  const { account } = useChat();
  const had = weekOf(me);
  const [week, setWeek] = useState<QuietDay[] | undefined>(had);
  const set = (day: number, part: Partial<QuietDay>): void =>
    setWeek((before) => before?.map((one, at) => (at === day ? { ...one, ...part } : one)));
  const until = me.dnd_until === undefined ? {} : { until: me.dnd_until };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.save(() => account.setQuiet({ ...until, ...(week === undefined ? {} : minutesOf(week)) }));
      }}
    >
      <label className="switch-row">
        <input
          type="checkbox"
          className="form-check-input"
          checked={week !== undefined}
          onChange={(event) => setWeek(event.target.checked ? (had ?? nights()) : undefined)}
        />
        <span>
          {i18n.t('Every week at these hours')}
          <small>
            {me.time_zone === undefined ? (
              <Trans
                id="In UTC, as you have <0>no time zone</0> set."
                components={{ 0: <Link href={paths.settings('profile')} /> }}
              />
            ) : (
              i18n.t('In your time zone, {zone}. An end before its beginning is on the next day.', {
                zone: me.time_zone.replaceAll('_', ' '),
              })
            )}
          </small>
        </span>
      </label>
      {week !== undefined && (
        <div className="week">
          {week.map((day, at) => (
            <Day key={weekdayName(at)} name={weekdayName(at)} day={day} onChange={(part) => set(at, part)} />
          ))}
        </div>
      )}
      <SaveRow saving={saving}>
        <Button type="submit" className="btn btn-primary" off={saving.busy}>
          {i18n.t('Save')}
        </Button>
      </SaveRow>
    </form>
  );
}

function Day({ name, day, onChange }: { name: string; day: QuietDay; onChange: (part: Partial<QuietDay>) => void }) {
  const id = useId();
  return (
    <div className="week-day">
      <label>
        <input
          type="checkbox"
          className="form-check-input"
          checked={day.on}
          onChange={(event) => onChange({ on: event.target.checked })}
        />
        <span id={id}>{name}</span>
      </label>
      {day.on ? (
        <span className="week-times">
          <input
            type="time"
            className="form-control"
            required
            value={day.from}
            aria-label={i18n.t('{day} from', { day: name })}
            onChange={(event) => onChange({ from: event.target.value })}
          />
          <span aria-hidden="true">–</span>
          <input
            type="time"
            className="form-control"
            required
            value={day.to}
            aria-label={i18n.t('{day} to', { day: name })}
            onChange={(event) => onChange({ to: event.target.value })}
          />
        </span>
      ) : (
        <span className="week-off">{i18n.t('not quiet')}</span>
      )}
    </div>
  );
}
