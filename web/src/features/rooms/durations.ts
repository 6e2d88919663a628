import { i18n } from '@lingui/core';

/** 30 seconds, 5 minutes, 1 hour, 7 days. */
export function durationWords(seconds: number): string {
  if (seconds < 60) return inUnit(seconds, 'second');
  if (seconds < 3_600) return inUnit(seconds / 60, 'minute');
  if (seconds < 86_400) return inUnit(seconds / 3_600, 'hour');
  return inUnit(seconds / 86_400, 'day');
}

function inUnit(count: number, unit: string): string {
  return i18n.number(Math.round(count), { style: 'unit', unit, unitDisplay: 'long' });
}

/** Time that runs down: 0:25, 59:01, 2 hours. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds >= 3_600) return durationWords(seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
