import { i18n } from '@lingui/core';

/** A chart's vertical scale ends at a round number at or above its highest value: so is its half, which stands there, too. */
export function niceTop(highest: number): number {
  if (highest <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(highest));
  for (const step of [1, 2, 4, 6, 8]) if (step * power >= highest) return step * power;
  return 10 * power;
}

/** Above bytes. */
const UNITS = [
  /*i18n*/ { id: '{size} KB' },
  /*i18n*/ { id: '{size} MB' },
  /*i18n*/ { id: '{size} GB' },
  /*i18n*/ { id: '{size} TB' },
];

/** "1.2 GB", of a thousand megabytes each. */
export function bytesWords(bytes: number): string {
  if (bytes < 1_000) return i18n.t('{count, plural, one {# byte} other {# bytes}}', { count: bytes });
  let value = bytes / 1_000;
  let at = 0;
  while (value >= 1_000 && at < UNITS.length - 1) {
    value /= 1_000;
    at++;
  }
  const digits = value >= 100 ? 0 : 1;
  const format = new Intl.NumberFormat(i18n.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return i18n.t(UNITS[at]?.id ?? '', { size: format.format(value) });
}
