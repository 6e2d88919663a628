import { i18n } from '@lingui/core';
import { Icon } from '@/components/Icon';
import { useStore } from '@/state/context';
import { wanted } from '@/state/notify';
import { askPermission, permission } from './desk';
import { prefs, setPrefs } from './prefs';
import './notifications.css';

/** Offers notifications when the first one could not be shown. The browser asks only after a press here. */
export function AskCard() {
  const { declined } = useStore(prefs);
  if (useStore(permission) !== 'default' || declined) return null;
  const close = (): void => wanted.set(false);
  return (
    <aside className="ask-card" aria-label={i18n.t('Notifications')}>
      <Icon name="bell" />
      <p>{i18n.t('Somebody wrote while you were elsewhere. Shall Parley tell you next time?')}</p>
      <div className="ask-tools">
        <button type="button" className="btn btn-primary" onClick={() => void askPermission().finally(close)}>
          {i18n.t('Turn on')}
        </button>
        <button
          type="button"
          className="btn btn-quiet"
          onClick={() => {
            setPrefs({ declined: true });
            close();
          }}
        >
          {i18n.t('No, thanks')}
        </button>
      </div>
    </aside>
  );
}
