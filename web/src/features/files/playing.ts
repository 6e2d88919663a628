import { Store } from '@/lib/store';

const SPEEDS: readonly number[] = [1, 1.5, 2];

/** How fast what people say is played: the same for all of it. */
export const speed = new Store<number>(1);

export function nextSpeed(): void {
  const at = SPEEDS.indexOf(speed.get());
  speed.set(SPEEDS[(at + 1) % SPEEDS.length] ?? 1);
}

/** Only one plays at a time, and none while somebody speaks. */
export function pauseOthers(player?: HTMLMediaElement): void {
  for (const other of document.querySelectorAll<HTMLMediaElement>('audio, video')) if (other !== player) other.pause();
}
