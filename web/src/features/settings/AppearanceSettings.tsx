import { i18n, type MessageDescriptor } from '@lingui/core';
import { useId } from 'react';
import { Icon, type IconName } from '@/components/Icon';
import { parseColour } from '@/lib/colour';
import { accent, chooseAccent } from '@/state/accent';
import { useStore } from '@/state/context';
import { chooseLook, type Look, type LookOf, looks } from '@/state/looks';
import { chooseTheme, THEMES, type ThemeChoice, theme } from '@/state/theme';
import { ClockChoice } from './ClockChoice';
import { LanguageField } from './LanguageField';
import '@/styles/appearance.css';

const THEME_NAMES: Record<ThemeChoice, MessageDescriptor> = {
  system: /*i18n*/ { id: 'Match system' },
  light: /*i18n*/ { id: 'Paper' },
  dark: /*i18n*/ { id: 'Night' },
  contrast: /*i18n*/ { id: 'High contrast' },
  dusk: /*i18n*/ { id: 'Dusk' },
  meadow: /*i18n*/ { id: 'Meadow' },
};
const CHOICES: ThemeChoice[] = ['system', ...(Object.keys(THEMES) as (keyof typeof THEMES)[])];

const ACCENTS: { colour: string; name: MessageDescriptor }[] = [
  { colour: '#0b6b5d', name: /*i18n*/ { id: 'Teal' } },
  { colour: '#2563d9', name: /*i18n*/ { id: 'Blue' } },
  { colour: '#7c3aed', name: /*i18n*/ { id: 'Violet' } },
  { colour: '#c2185b', name: /*i18n*/ { id: 'Berry' } },
  { colour: '#c2410c', name: /*i18n*/ { id: 'Brick' } },
  { colour: '#2e7d32', name: /*i18n*/ { id: 'Green' } },
];
const FIRST_OWN = '#0b6b5d';

/** How the client looks on this device: what is chosen is seen at once, and needs no saving. */
export function AppearanceSettings() {
  return (
    <div className="appearance">
      <p className="settings-lead">{i18n.t('Saved on this device right away.')}</p>
      <LanguageField />
      <ClockChoice />
      <Themes />
      <Accents />
      <Choice
        look="messages"
        legend={i18n.t('Messages')}
        choices={[
          { choice: 'lines', icon: 'lines', name: i18n.t('Lines') },
          { choice: 'bubbles', icon: 'message', name: i18n.t('Bubbles') },
        ]}
      />
      <Choice
        look="density"
        legend={i18n.t('Space between rows')}
        choices={[
          { choice: 'roomy', icon: 'rows_apart', name: i18n.t('Roomy') },
          { choice: 'compact', icon: 'rows_close', name: i18n.t('Compact') },
        ]}
      />
    </div>
  );
}

function Themes() {
  const now = useStore(theme);
  const group = useId();
  return (
    <fieldset className="themes">
      <legend>{i18n.t('Theme')}</legend>
      {CHOICES.map((choice) => (
        <label className="theme-card" key={choice}>
          <input type="radio" name={group} checked={now === choice} onChange={() => chooseTheme(choice)} />
          <Sample choice={choice} />
          <span>{i18n.t(THEME_NAMES[choice])}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A page of it in little; of the system's, half of each. */
function Sample({ choice }: { choice: ThemeChoice }) {
  const halves = choice === 'system' ? (['light', 'dark'] as const) : [choice];
  return (
    <span className="theme-sample" aria-hidden="true">
      {halves.map((name) => (
        <span key={name} data-theme={name} className="theme-half">
          <i />
          <i />
          <i />
        </span>
      ))}
    </span>
  );
}

function Accents() {
  const now = useStore(accent);
  const group = useId();
  const own = now !== undefined && !ACCENTS.some(({ colour }) => colour === now);
  return (
    <fieldset className="swatches accents">
      <legend>{i18n.t('Accent')}</legend>
      <label className="swatch swatch-auto" title={i18n.t("The theme's own")}>
        <input
          type="radio"
          name={group}
          aria-label={i18n.t("The theme's own")}
          checked={now === undefined}
          onChange={() => chooseAccent(undefined)}
        />
      </label>
      {ACCENTS.map(({ colour, name }) => (
        <label className="swatch" key={colour} style={{ background: colour }} title={i18n.t(name)}>
          <input
            type="radio"
            name={group}
            aria-label={i18n.t(name)}
            checked={now === colour}
            onChange={() => chooseAccent(colour)}
          />
        </label>
      ))}
      <label className={own ? 'accent-own is-on' : 'accent-own'}>
        <input
          type="color"
          value={now ?? FIRST_OWN}
          onChange={(event) => parseColour(event.target.value) !== undefined && chooseAccent(event.target.value)}
        />
        <span>{i18n.t('A colour of your own')}</span>
      </label>
      <p className="accent-note">
        {i18n.t('It is made as much lighter or darker as each theme needs to stay readable.')}
      </p>
    </fieldset>
  );
}

interface ChoiceProps<L extends Look> {
  look: L;
  legend: string;
  choices: { choice: LookOf<L>; icon: IconName; name: string }[];
}

function Choice<L extends Look>({ look, legend, choices }: ChoiceProps<L>) {
  const now: string = useStore(looks[look]);
  return (
    <fieldset className="appearance-choice">
      <legend>{legend}</legend>
      <div className="segments">
        {choices.map(({ choice, icon, name }) => (
          <button type="button" key={choice} aria-pressed={now === choice} onClick={() => chooseLook(look, choice)}>
            <Icon name={icon} size={16} />
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
