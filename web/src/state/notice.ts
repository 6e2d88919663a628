import { Store } from '@/lib/store';

export interface Said {
  words: string;
  /** Takes it back. */
  undo?: () => void;
}

/** A few words on what was just done, or could not be, where nothing else shows it. They go by themselves. */
export const notice = new Store<Said | undefined>(undefined);

export function say(words: string, undo?: () => void): void {
  notice.set(undo === undefined ? { words } : { words, undo });
}
