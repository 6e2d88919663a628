import { i18n } from '@lingui/core';

/** How the hours of a day are counted: as it is usual where the reader's dates come from, or as the reader wants it. */
export type Hours = 'locale' | '24' | '12';
type Options = Intl.DateTimeFormatOptions;

let hours: Hours = 'locale';
/** Of one language; another one begins anew. */
const formats = new Map<string, Intl.DateTimeFormat>();
let formats_of: string | undefined;
/** Where they have twelve hours. Each format that is made anew is felt on a slow device. */
const twelve = new Map<string, boolean>();

/** From now on; what is shown already stays until it is rendered again. */
export function countHours(as: Hours): void {
  hours = as;
  formats.clear();
}

/** The reader's own variant of the language, which knows how dates are written there; else the language. */
export function dateLocale(): string {
  const own = new RegExp(`^${i18n.locale}(-[a-z0-9]+)*$`, 'i');
  const { languages = [] } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  return languages.find((tag) => own.test(tag)) ?? i18n.locale;
}

/** A date or a time, with the parts that are asked for, as it is written where the reader is. */
export function dateWords(ms: number, options: Options): string {
  return formatOf(options).format(ms);
}

/** Here, or in another zone: 09:05, or 9:05 AM. */
export function clockTime(ms: number, zone?: string): string {
  return dateWords(ms, clockOptions(zone));
}

/** Where there is no room for AM and PM. */
export function shortClockTime(ms: number): string {
  const parts = formatOf(clockOptions()).formatToParts(ms);
  return parts
    .map(({ type, value }) => (type === 'dayPeriod' ? '' : value))
    .join('')
    .trim();
}

export function fullTime(ms: number): string {
  return dateWords(ms, { dateStyle: 'full', timeStyle: 'short' });
}

/** The calendar day in the reader's time zone, as a key: 2026-11-21. */
export function dayKey(ms: number): string {
  const date = new Date(ms);
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** What a day is called when seen from `now`: Today, Yesterday, "Tuesday, 17 November", with the year when it is another. */
export function dayName(ms: number, now: number): string {
  const key = dayKey(ms);
  if (key === dayKey(now)) return i18n.t('Today');
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (key === dayKey(yesterday.getTime())) return i18n.t('Yesterday');
  return dateWords(ms, { weekday: 'long', day: 'numeric', month: 'long', ...yearOf(ms, now) });
}

/** The year is written when it is not the one of `now`. */
export function yearOf(ms: number, now: number): Options {
  return new Date(ms).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' };
}

/** Milliseconds from `now` to the next local midnight. */
export function untilMidnight(now: number): number {
  const next = new Date(now);
  next.setHours(24, 0, 0, 0);
  return Math.max(1_000, next.getTime() - now);
}

/** "just now", "12 min ago", "3 h ago", then the day. A clock that is ahead of ours is not believed. */
export function ago(ms: number, now: number): string {
  const minutes = Math.floor(Math.max(0, now - ms) / 60_000);
  if (minutes < 1) return i18n.t('just now');
  if (minutes < 60) return i18n.t('{count} min ago', { count: minutes });
  if (minutes < 24 * 60) return i18n.t('{count} h ago', { count: Math.floor(minutes / 60) });
  return dayName(ms, now);
}

function clockOptions(zone?: string): Options {
  return { hour: '2-digit', minute: '2-digit', ...(zone === undefined ? {} : { timeZone: zone }) };
}

function formatOf(options: Options): Intl.DateTimeFormat {
  if (formats_of !== i18n.locale) formats.clear();
  formats_of = i18n.locale;
  const key = JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const locale = dateLocale();
  const made = new Intl.DateTimeFormat(locale, { ...options, ...hoursOf(options, locale) });
  formats.set(key, made);
  return made;
}

/** Twelve hours are written without a zero before them. */
function hoursOf({ hour, timeStyle }: Options, locale: string): Options {
  if (hour === undefined && timeStyle === undefined) return {};
  if (!(hours === 'locale' ? hasTwelve(locale) : hours === '12')) return { hourCycle: 'h23' };
  return { hour12: true, ...(hour === undefined ? {} : { hour: 'numeric' }) };
}

function hasTwelve(locale: string): boolean {
  const known =
    twelve.get(locale) ?? new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12 === true;
  twelve.set(locale, known);
  return known;
}
