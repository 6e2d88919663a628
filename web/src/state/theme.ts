import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';

export type ThemeChoice = 'light' | 'dark' | 'system';

/** public/theme.js reads it before the first paint. */
const KEY = 'parley.theme';
const BAR_COLOUR = { light: '#efece4', dark: '#0c0f12' };

export const theme = new Store<ThemeChoice>(stored());

export function chooseTheme(choice: ThemeChoice): void {
  storage.setItem(KEY, choice);
  theme.set(choice);
}

/** Keeps the document in the chosen theme, the system's while that is the choice. */
export function watchTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const choice = theme.get();
    const name = choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice;
    document.documentElement.dataset.bsTheme = name;
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', BAR_COLOUR[name]);
  };
  dark.addEventListener('change', apply);
  theme.subscribe(apply);
  addEventListener('storage', (event) => {
    if (event.key === KEY) theme.set(stored());
  });
  apply();
}

function stored(): ThemeChoice {
  const choice = storage.getItem(KEY);
  return choice === 'light' || choice === 'dark' ? choice : 'system';
}
