import { i18n } from '@lingui/core';
import { type FormEvent, useId, useMemo, useState } from 'react';
import { Avatar } from '@/components/Avatar';
import { Button } from '@/components/Button';
import { Field } from '@/components/Field';
import { hashOf } from '@/lib/text';
import { useChat } from '@/state/context';
import { PictureField } from '../faces/PictureField';
import { localTime } from '../people/person';
import { useClock } from '../people/usePerson';
import { SaveRow } from './SaveRow';
import type { PartProps } from './SettingsScreen';
import { useSaving } from './useSaving';

const MAX_ABOUT = 500;
const COLOURS = 10;
/** The colour that follows from the id. */
const OWN = -1;

/** What others see of me. */
export function ProfileSettings({ me }: PartProps) {
  const { account } = useChat();
  const [name, setName] = useState(me.display_name);
  const [about, setAbout] = useState(me.about);
  const [zone, setZone] = useState(me.time_zone ?? '');
  const [colour, setColour] = useState(me.colour ?? OWN);
  const saving = useSaving();
  const about_id = useId();
  const left = MAX_ABOUT - [...about].length;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.save(() => account.change({ display_name: name, about, time_zone: zone, colour }));
  };
  return (
    <form onSubmit={submit}>
      <div className="profile-badge">
        <PictureField
          title={i18n.t('Your picture')}
          has={me.picture !== undefined}
          onUse={(picture) => account.change({ picture })}
        >
          <Avatar
            id={me.id}
            name={name.trim() === '' ? me.username : name}
            size="l"
            colour={shown(colour)}
            picture={me.picture}
          />
        </PictureField>
        <Swatches id={me.id} value={colour} onChange={setColour} />
      </div>
      <Field
        label={i18n.t('Name')}
        value={name}
        maxLength={80}
        autoComplete="nickname"
        onChange={(event) => setName(event.target.value)}
        hint={i18n.t('Others can also find you as @{username}.', { username: me.username })}
        error={saving.error?.code === 'name_invalid' ? saving.error.message : undefined}
      />
      <div className="field">
        <label className="form-label" htmlFor={about_id}>
          {i18n.t('About me')}
        </label>
        <textarea
          id={about_id}
          className="form-control"
          rows={4}
          value={about}
          aria-describedby={`${about_id}-left`}
          onChange={(event) => setAbout(event.target.value)}
        />
        <div id={`${about_id}-left`} className={left < 0 ? 'field-error' : 'form-text'}>
          {left < 0
            ? i18n.t('{count, plural, one {# character too many.} other {# characters too many.}}', { count: -left })
            : i18n.t('{count, plural, one {# character left.} other {# characters left.}}', { count: left })}
        </div>
      </div>
      <TimeZone value={zone} onChange={setZone} />
      <SaveRow saving={saving}>
        <Button type="submit" className="btn btn-primary" off={saving.busy || left < 0 || name.trim() === ''}>
          {i18n.t('Save')}
        </Button>
      </SaveRow>
    </form>
  );
}

function shown(colour: number): number | undefined {
  return colour === OWN ? undefined : colour;
}

function Swatches({ id, value, onChange }: { id: string; value: number; onChange: (colour: number) => void }) {
  const own = hashOf(id, COLOURS);
  return (
    <fieldset className="swatches">
      <legend className="form-label">{i18n.t('Colour')}</legend>
      {Array.from({ length: COLOURS }, (_, colour) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a colour is its number.
        <label key={colour} className={`swatch avatar-c${colour}`}>
          <input
            type="radio"
            name="colour"
            checked={(value === OWN ? own : value) === colour}
            onChange={() => onChange(colour === own ? OWN : colour)}
          />
          <span className="visually-hidden">{i18n.t('Colour {number}', { number: colour + 1 })}</span>
        </label>
      ))}
    </fieldset>
  );
}

function TimeZone({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const id = useId();
  const now = useClock();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = useMemo(() => zonesWith(value, here), [value, here]);
  const there = value === '' ? undefined : localTime(value, now);
  return (
    <div className="field">
      <label className="form-label" htmlFor={id}>
        {i18n.t('Time zone')}
      </label>
      <div className="field-pair">
        <select id={id} className="form-select" value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{i18n.t('Not said')}</option>
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
        {value !== here && (
          <button type="button" className="btn btn-quiet" onClick={() => onChange(here)}>
            {i18n.t("Use this device's")}
          </button>
        )}
      </div>
      <div className="form-text">
        {there === undefined
          ? i18n.t('Others see what time it is where you are; your quiet hours follow it.')
          : i18n.t('It is {time} there. Others see that; your quiet hours follow it.', { time: there.time })}
      </div>
    </div>
  );
}

/** The zones this browser knows, and these even if it does not name them. */
function zonesWith(...more: string[]): string[] {
  const known = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/') || zone === 'UTC');
  return [...new Set([...known, 'UTC', ...more.filter((zone) => zone !== '')])].sort();
}
