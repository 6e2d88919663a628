import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';

/** How the page is laid out, on this device: an attribute of the document each, which the style sheets read. */
const CHOICES = {
  /** How close rows are. */
  density: ['roomy', 'compact'],
  /** Messages as lines of a page, or as bubbles, mine on the other side. */
  messages: ['lines', 'bubbles'],
} as const;

export type Look = keyof typeof CHOICES;
export type LookOf<L extends Look> = (typeof CHOICES)[L][number];

/** public/theme.js reads them before the first paint. */
const keyOf = (look: Look): string => `parley.${look}`;

export const looks = {
  density: new Store<LookOf<'density'>>(stored('density')),
  messages: new Store<LookOf<'messages'>>(stored('messages')),
};

export function chooseLook<L extends Look>(look: L, choice: LookOf<L>): void {
  storage.setItem(keyOf(look), choice);
  storeOf(look).set(choice);
}

/** Keeps the document as it is chosen, here or in another tab. */
export function watchLooks(): void {
  for (const look of Object.keys(CHOICES) as Look[]) {
    const apply = (): void => {
      document.documentElement.dataset[look] = looks[look].get();
    };
    storeOf(look).subscribe(apply);
    addEventListener('storage', (event) => {
      if (event.key === keyOf(look)) storeOf(look).set(stored(look));
    });
    apply();
  }
}

function storeOf<L extends Look>(look: L): Store<LookOf<L>> {
  return looks[look] as unknown as Store<LookOf<L>>;
}

function stored<L extends Look>(look: L): LookOf<L> {
  const choices: readonly string[] = CHOICES[look];
  const choice = storage.getItem(keyOf(look)) ?? '';
  return (choices.includes(choice) ? choice : choices[0]) as LookOf<L>;
}
