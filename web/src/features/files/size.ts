import { i18n } from '@lingui/core';

const UNITS = [
  /*i18n*/ { id: '{size} KB' },
  /*i18n*/ { id: '{size} MB' },
  /*i18n*/ { id: '{size} GB' },
  /*i18n*/ { id: '{size} TB' },
] as const;

/** 1,234 → "1.2 KB": as people say it, in thousands. */
export function sizeWords(bytes: number): string {
  if (bytes < 999.5) return i18n.t('{count, plural, one {# byte} other {# bytes}}', { count: bytes });
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const size = i18n.number(value, { maximumFractionDigits: value >= 99.95 ? 0 : 1 });
  return i18n.t((UNITS[unit] ?? UNITS[0]).id, { size });
}

/** 83,000 ms → "1:23". */
export function lengthWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (n: number): string => i18n.number(n, { minimumIntegerDigits: 2 });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${i18n.number(minutes)}:${two(seconds % 60)}`;
  return `${i18n.number(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
