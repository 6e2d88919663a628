import { i18n } from '@lingui/core';
import { clockTime, dayName } from './time';

/** "Today, 12:30" */
export function dayAndTime(ms: number, now: number): string {
  return i18n.t('{day}, {time}', { day: dayName(ms, now), time: clockTime(ms) });
}
