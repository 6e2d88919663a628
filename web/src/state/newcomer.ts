import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';

const KEY = 'parley.newcomer';

/** Who made an account on this device and has not been shown in yet: by id. */
export const newcomer = new Store<string | undefined>(storage.getItem(KEY) ?? undefined);

export function greet(user: string): void {
  storage.setItem(KEY, user);
  newcomer.set(user);
}

/** For good: nothing but another new account sets it again. */
export function greeted(): void {
  storage.removeItem(KEY);
  newcomer.set(undefined);
}
