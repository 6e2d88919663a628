import { type Colour, hexOf, inkOn, luminance, mixed, parseColour, readableOn } from '@/lib/colour';
import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';
import { shownTheme, type Theme } from './theme';

/** Where the accent stands; as readable there as the themes' own. */
const GROUNDS = ['--bg', '--surface', '--sunken', '--mention'];
const RATIO = 5.2;
/** How much of the ink is in what is pressed. */
const PRESSED = 0.2;
const PROPERTIES = ['--accent', '--on-accent', '--accent-strong', '--soft'] as const;

type Properties = Partial<Record<(typeof PROPERTIES)[number], string>>;

const KEY = 'parley.accent';
/** What it came to in the theme that was shown last: public/theme.js paints it before the first paint. */
const PAINT_KEY = 'parley.accent.paint';

/** My own accent, "#rrggbb"; undefined: each theme's. */
export const accent = new Store<string | undefined>(stored());
addEventListener('storage', (event) => {
  if (event.key === KEY) accent.set(stored());
});

export function chooseAccent(colour: string | undefined): void {
  watchAccent();
  if (colour === undefined) storage.removeItem(KEY);
  else storage.setItem(KEY, colour);
  accent.set(colour);
}

let watching = false;

/** Keeps the document in the chosen accent, whatever theme it is in. */
export function watchAccent(): void {
  if (watching) return;
  watching = true;
  const paint = (): void => paintIn(shownTheme.get());
  shownTheme.subscribe(paint);
  accent.subscribe(paint);
  paint();
}

function paintIn(theme: Theme): void {
  const { style, dataset } = document.documentElement;
  for (const name of PROPERTIES) style.removeProperty(name);
  const wish = parseColour(accent.get() ?? '');
  const own = wish === undefined ? {} : propertiesOf(wish);
  for (const [name, value] of Object.entries(own)) style.setProperty(name, value);
  const on = parseColour(propertyOf('--on-accent'));
  dataset.tick = on !== undefined && luminance(on) < 0.2 ? 'dark' : 'light';
  if (wish === undefined) storage.removeItem(PAINT_KEY);
  else storage.setItem(PAINT_KEY, JSON.stringify({ theme, own }));
}

function propertiesOf(wish: Colour): Properties {
  const grounds = GROUNDS.map((name) => parseColour(propertyOf(name))).filter((ground) => ground !== undefined);
  const colour = readableOn(wish, grounds, RATIO);
  const ink = parseColour(propertyOf('--ink')) ?? inkOn(grounds[0] ?? colour);
  return {
    '--accent': hexOf(colour),
    '--on-accent': hexOf(inkOn(colour)),
    '--accent-strong': hexOf(mixed(colour, ink, PRESSED)),
    '--soft': `${hexOf(colour)}1a`,
  };
}

function propertyOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

function stored(): string | undefined {
  const colour = storage.getItem(KEY) ?? '';
  return parseColour(colour) === undefined ? undefined : colour;
}
