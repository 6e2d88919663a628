import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';
import { SOUNDS, type SoundName } from './sounds';

/** What of notifications is of this device and does not follow the person. */
export interface Prefs {
  on: boolean;
  sound: SoundName | 'none';
  /** Who wrote and where, but not what. */
  hide_text: boolean;
  /** The offer to switch them on was turned down here. */
  declined: boolean;
}

const KEY = 'parley.notify';
const AT_FIRST: Prefs = { on: true, sound: 'drop', hide_text: false, declined: false };

export const prefs = new Store<Prefs>(stored());

export function setPrefs(part: Partial<Prefs>): void {
  const next = { ...prefs.get(), ...part };
  storage.setItem(KEY, JSON.stringify(next));
  prefs.set(next);
}

// The other tabs are the same device.
addEventListener('storage', (event) => {
  if (event.key === KEY) prefs.set(stored());
});

function stored(): Prefs {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? '{}') as Partial<Record<keyof Prefs, unknown>>;
    const sound = SOUNDS.find((one) => one.name === kept.sound)?.name ?? (kept.sound === 'none' ? 'none' : 'drop');
    return {
      on: kept.on !== false,
      sound,
      hide_text: kept.hide_text === true,
      declined: kept.declined === true,
    };
  } catch {
    return AT_FIRST;
  }
}
