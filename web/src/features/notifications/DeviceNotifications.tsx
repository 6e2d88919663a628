import { i18n, type MessageDescriptor } from '@lingui/core';
import { useId } from 'react';
import { Button } from '@/components/Button';
import { Icon, type IconName } from '@/components/Icon';
import { useStore } from '@/state/context';
import { askPermission, type Permission, permission } from './desk';
import { type Prefs, prefs, setPrefs } from './prefs';
import { play, SOUNDS } from './sounds';

const STATES: Record<Permission, { icon: IconName; text: MessageDescriptor }> = {
  granted: { icon: 'check', text: /*i18n*/ { id: 'This browser lets Parley notify you.' } },
  default: {
    icon: 'bell',
    text: /*i18n*/ { id: 'This browser has not been asked yet whether Parley may notify you.' },
  },
  denied: {
    icon: 'ban',
    text: /*i18n*/ {
      id: 'This browser does not let Parley notify you. You can allow it in the settings of this site, behind the sign beside its address.',
    },
  },
  unsupported: {
    icon: 'info',
    text: /*i18n*/ {
      id: 'This browser cannot notify you here: it has no notifications, or takes them only from sites with https.',
    },
  },
};

/** Whether and how this device notifies: kept in this browser, and not on the others. */
export function DeviceNotifications() {
  const state = useStore(permission);
  const now = useStore(prefs);
  const { icon, text } = STATES[state];
  return (
    <>
      <div className={`notify-state is-${state}`} role="status">
        <Icon name={icon} size={17} />
        <span>{i18n.t(text)}</span>
        {state === 'default' && (
          <button
            type="button"
            className="btn btn-primary"
            onClick={() => void askPermission().finally(() => setPrefs({ on: true, declined: false }))}
          >
            {i18n.t('Allow notifications')}
          </button>
        )}
      </div>
      <Switch
        on={now.on}
        onChange={(on) => setPrefs({ on })}
        title={i18n.t('Notify me on this device')}
        means={i18n.t("Off: the page's title and its sign still show what is new.")}
      />
      <Switch
        on={now.hide_text}
        onChange={(hide_text) => setPrefs({ hide_text })}
        title={i18n.t('Hide what is written')}
        means={i18n.t('Notifications say who wrote and where, for screens that others can see.')}
      />
      <SoundChoice sound={now.sound} />
    </>
  );
}

function Switch(props: { on: boolean; onChange: (on: boolean) => void; title: string; means: string }) {
  return (
    <label className="switch-row">
      <input
        type="checkbox"
        className="form-check-input"
        checked={props.on}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span>
        {props.title}
        <small>{props.means}</small>
      </span>
    </label>
  );
}

function SoundChoice({ sound }: { sound: Prefs['sound'] }) {
  const id = useId();
  return (
    <div className="field notify-sound">
      <label className="form-label" htmlFor={id}>
        {i18n.t('Sound')}
      </label>
      <div className="field-pair">
        <select
          id={id}
          className="form-select"
          value={sound}
          onChange={(event) => {
            const chosen = event.target.value as Prefs['sound'];
            setPrefs({ sound: chosen });
            play(chosen);
          }}
        >
          {SOUNDS.map(({ name, label }) => (
            <option key={name} value={name}>
              {i18n.t(label)}
            </option>
          ))}
          <option value="none">{i18n.t('None')}</option>
        </select>
        <Button type="button" className="btn btn-quiet" off={sound === 'none'} onClick={() => play(sound)}>
          {i18n.t('Try')}
        </Button>
      </div>
    </div>
  );
}
