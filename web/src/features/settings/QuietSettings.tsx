import { useId, useState } from 'react';
import { Link } from 'wouter';
import { paths } from '@/lib/paths';
import type { Me } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { isQuiet, minutesOf, nights, type QuietDay, WEEKDAYS, weekOf } from '../people/person';
import { untilWords } from '../people/Signs';
import { useClock } from '../people/usePerson';
import { SaveRow } from './SaveRow';
import type { PartProps } from './SettingsScreen';
import { useSaving } from './useSaving';

const MORNING = 8;

/** Ways to want quiet right now. */
const FOR: { name: string; until: (now: number) => number }[] = [
  { name: '30 minutes', until: (now) => now + 30 * 60_000 },
  { name: '1 hour', until: (now) => now + 60 * 60_000 },
  { name: '4 hours', until: (now) => now + 4 * 60 * 60_000 },
  {
    name: 'Until tomorrow',
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
      <p className="settings-lead">While it lasts nothing notifies you, and others see a mark at your badge.</p>
      <Now me={me} />
      <h3 className="settings-sub">Quiet hours</h3>
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
  const switched = me.dnd_until !== undefined && me.dnd_until > now;
  return (
    <>
      {quiet && (
        <p className="quiet-note">
          Not to be disturbed {untilWords(me.dnd?.until ?? now, now)}
          {switched ? '.' : ', by your quiet hours.'}
        </p>
      )}
      <fieldset className="quiet-now">
        <legend className="form-label">Do not disturb me for</legend>
        {FOR.map(({ name, until }) => (
          <button
            type="button"
            key={name}
            className="btn btn-quiet"
            disabled={saving.busy}
            onClick={() => saving.save(() => account.setQuiet({ ...kept(me), until: until(Date.now()) }))}
          >
            {name}
          </button>
        ))}
        {switched && (
          <button
            type="button"
            className="btn btn-primary"
            disabled={saving.busy}
            onClick={() => saving.save(() => account.setQuiet(kept(me)))}
          >
            Switch off
          </button>
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
          Every week at these hours
          <small>
            {me.time_zone === undefined ? (
              <>
                In UTC, as you have <Link href={paths.settings('profile')}>no time zone</Link> set.
              </>
            ) : (
              `In your time zone, ${me.time_zone.replaceAll('_', ' ')}. An end before its beginning is on the next day.`
            )}
          </small>
        </span>
      </label>
      {week !== undefined && (
        <div className="week">
          {week.map((day, at) => (
            <Day key={WEEKDAYS[at]} name={WEEKDAYS[at] ?? ''} day={day} onChange={(part) => set(at, part)} />
          ))}
        </div>
      )}
      <SaveRow saving={saving}>
        <button type="submit" className="btn btn-primary" disabled={saving.busy}>
          Save
        </button>
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
            aria-label={`${name} from`}
            onChange={(event) => onChange({ from: event.target.value })}
          />
          <span aria-hidden="true">–</span>
          <input
            type="time"
            className="form-control"
            required
            value={day.to}
            aria-label={`${name} to`}
            onChange={(event) => onChange({ to: event.target.value })}
          />
        </span>
      ) : (
        <span className="week-off">not quiet</span>
      )}
    </div>
  );
}
