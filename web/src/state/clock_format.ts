import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';
import { countHours, type Hours } from '@/lib/time';

/** As it is usual where the reader's dates come from, or always one of the two. */
export type ClockFormat = Hours;

const KEY = 'parley.clock';

export const clockFormat = new Store<ClockFormat>(stored());

export function chooseClockFormat(choice: ClockFormat): void {
  storage.setItem(KEY, choice);
  clockFormat.set(choice);
}

/** Call once. Times that are shown already change when they are rendered again. */
export function watchClockFormat(): void {
  clockFormat.subscribe(() => countHours(clockFormat.get()));
  addEventListener('storage', (event) => {
    if (event.key === KEY) clockFormat.set(stored());
  });
  countHours(clockFormat.get());
}

function stored(): ClockFormat {
  const choice = storage.getItem(KEY);
  return choice === '24' || choice === '12' ? choice : 'locale';
}
