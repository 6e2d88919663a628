import { Icon, type IconName } from '@/components/Icon';
import { useStore } from '@/state/context';
import { chooseTheme, type ThemeChoice, theme } from '@/state/theme';

const CHOICES: { choice: ThemeChoice; icon: IconName; name: string }[] = [
  { choice: 'light', icon: 'sun', name: 'Light' },
  { choice: 'dark', icon: 'moon', name: 'Dark' },
  { choice: 'system', icon: 'screen', name: 'System' },
];

export function ThemeSwitch() {
  const now = useStore(theme);
  return (
    <fieldset className="segments" aria-label="Theme">
      {CHOICES.map(({ choice, icon, name }) => (
        <button type="button" key={choice} aria-pressed={now === choice} onClick={() => chooseTheme(choice)}>
          <Icon name={icon} size={16} />
          {name}
        </button>
      ))}
    </fieldset>
  );
}
