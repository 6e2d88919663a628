import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';
import { coarsePointer } from './pointer';

const KEY = 'parley.composer.enter';

/** Of this device: Enter begins a new line, and Ctrl+Enter sends. */
export const enterBreaks = new Store(storage.getItem(KEY) === 'breaks');

export function setEnterBreaks(breaks: boolean): void {
  enterBreaks.set(breaks);
  if (breaks) storage.setItem(KEY, 'breaks');
  else storage.removeItem(KEY);
}

export const doesEnterSend = (): boolean => !coarsePointer() && !enterBreaks.get();
