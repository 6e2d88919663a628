import { plural } from '@/lib/text';

/** 30 seconds, 5 minutes, 1 hour, 7 days. */
export function durationWords(seconds: number): string {
  if (seconds < 60) return plural(seconds, 'second', 'seconds');
  if (seconds < 3_600) return plural(Math.round(seconds / 60), 'minute', 'minutes');
  if (seconds < 86_400) return plural(Math.round(seconds / 3_600), 'hour', 'hours');
  return plural(Math.round(seconds / 86_400), 'day', 'days');
}

/** Time that runs down: 0:25, 59:01, 2 hours. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds >= 3_600) return durationWords(seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
