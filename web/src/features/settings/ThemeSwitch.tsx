import { i18n, type MessageDescriptor } from '@lingui/core';
import { Icon, type IconName } from '@/components/Icon';
import { useStore } from '@/state/context';
import { chooseTheme, type ThemeChoice, theme } from '@/state/theme';

const CHOICES: { choice: ThemeChoice; icon: IconName; name: MessageDescriptor }[] = [
  { choice: 'light', icon: 'sun', name: /*i18n*/ { id: 'Light' } },
  { choice: 'dark', icon: 'moon', name: /*i18n*/ { id: 'Dark' } },
  { choice: 'system', icon: 'screen', name: /*i18n*/ { id: 'System' } },
];

export function ThemeSwitch() {
  const now = useStore(theme);
  return (
    <fieldset className="segments" aria-label={i18n.t('Theme')}>
      {CHOICES.map(({ choice, icon, name }) => (
        <button type="button" key={choice} aria-pressed={now === choice} onClick={() => chooseTheme(choice)}>
          <Icon name={icon} size={16} />
          {i18n.t(name)}
        </button>
      ))}
    </fieldset>
  );
}
