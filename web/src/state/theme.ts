import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';

/** Each is a block of colours in styles/tokens.css, on light or on dark ground. */
export const THEMES = {
  light: 'light',
  dark: 'dark',
  contrast: 'dark',
  dusk: 'dark',
  meadow: 'light',
} as const;
export type Theme = keyof typeof THEMES;
/** `system`: light or dark as the system is now, or contrast when it asks for more of that. */
export type ThemeChoice = Theme | 'system';

/** public/theme.js reads it before the first paint. */
const KEY = 'parley.theme';

export const theme = new Store<ThemeChoice>(stored());
/** The one that the document is in now. */
export const shownTheme = new Store<Theme>('light');

export function chooseTheme(choice: ThemeChoice): void {
  storage.setItem(KEY, choice);
  theme.set(choice);
}

/** Keeps the document in the chosen theme, the system's while that is the choice. */
export function watchTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const more = matchMedia('(prefers-contrast: more)');
  const apply = (): void => {
    const choice = theme.get();
    const name = choice === 'system' ? (more.matches ? 'contrast' : dark.matches ? 'dark' : 'light') : choice;
    const page = document.documentElement;
    page.dataset.bsTheme = THEMES[name];
    page.dataset.theme = name;
    shownTheme.set(name);
    const bar = getComputedStyle(page).getPropertyValue('--sunken');
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', bar);
  };
  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
  theme.subscribe(apply);
  addEventListener('storage', (event) => {
    if (event.key === KEY) theme.set(stored());
  });
  apply();
}

function stored(): ThemeChoice {
  const choice = storage.getItem(KEY) ?? 'system';
  return Object.hasOwn(THEMES, choice) ? (choice as Theme) : 'system';
}
