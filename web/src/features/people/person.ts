import { i18n, type MessageDescriptor } from '@lingui/core';
import { clockTime, dateWords } from '@/lib/time';
import type { Me } from '@/protocol/ops.gen';

const MINUTE_MS = 60_000;

/** What the clock shows where a person is, and how far that is from here: "14:05 · 3 h ahead". Undefined for a zone that
 *  this browser does not know. */
export function localTime(zone: string, now: number): { time: string; apart: string } | undefined {
  try {
    const time = clockTime(now, zone);
    const minutes = Math.round((wallOf(zone, now) - wallOf(undefined, now)) / MINUTE_MS);
    return { time, apart: apart(minutes) };
  } catch {
    return undefined;
  }
}

/** The reading of a zone's clock, as if it were UTC. */
function wallOf(zone: string | undefined, now: number): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day ?? 1, part.hour ?? 0, part.minute ?? 0);
}

function apart(minutes: number): string {
  if (minutes === 0) return i18n.t('as here');
  const count = Math.abs(minutes);
  if (count < 60) return minutes > 0 ? i18n.t('{count} min ahead', { count }) : i18n.t('{count} min behind', { count });
  const hours = new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 2 }).format(count / 60);
  return minutes > 0 ? i18n.t('{hours} h ahead', { hours }) : i18n.t('{hours} h behind', { hours });
}

// ---- how long ----

export type ClearAfter = 'never' | '30m' | '1h' | '4h' | 'today' | 'week';

export const CLEAR_AFTER: { value: ClearAfter; name: MessageDescriptor }[] = [
  { value: 'never', name: /*i18n*/ { id: 'Until I clear it' } },
  { value: '30m', name: /*i18n*/ { id: '30 minutes' } },
  { value: '1h', name: /*i18n*/ { id: '1 hour' } },
  { value: '4h', name: /*i18n*/ { id: '4 hours' } },
  { value: 'today', name: /*i18n*/ { id: 'Today' } },
  { value: 'week', name: /*i18n*/ { id: 'This week' } },
];

const HOURS: Partial<Record<ClearAfter, number>> = { '30m': 0.5, '1h': 1, '4h': 4 };

/** When a choice is over; undefined: never. A week ends with its Sunday. */
export function endOf(choice: ClearAfter, now: number): number | undefined {
  if (choice === 'never') return undefined;
  const hours = HOURS[choice];
  if (hours !== undefined) return now + hours * 60 * MINUTE_MS;
  const end = new Date(now);
  const days = choice === 'week' ? (8 - end.getDay()) % 7 || 7 : 1;
  end.setHours(0, 0, 0, 0);
  end.setDate(end.getDate() + days);
  return end.getTime();
}

export const PRESETS: { emoji: string; text: MessageDescriptor; clear: ClearAfter }[] = [
  { emoji: '📅', text: /*i18n*/ { id: 'In a meeting' }, clear: '1h' },
  { emoji: '🎧', text: /*i18n*/ { id: 'Focusing' }, clear: '4h' },
  { emoji: '🍜', text: /*i18n*/ { id: 'Lunch' }, clear: '1h' },
  { emoji: '🚌', text: /*i18n*/ { id: 'On the way' }, clear: '30m' },
  { emoji: '🏡', text: /*i18n*/ { id: 'At home today' }, clear: 'today' },
  { emoji: '🤒', text: /*i18n*/ { id: 'Out sick' }, clear: 'today' },
  { emoji: '🌴', text: /*i18n*/ { id: 'On holiday' }, clear: 'week' },
];

// ---- quiet hours ----

const WEEK = [0, 1, 2, 3, 4, 5, 6] as const;
/** A Monday, with which a week begins here. */
const MONDAY = Date.UTC(2024, 0, 1);

/** What a day of the week is called, from 0 for Monday. */
export function weekdayName(day: number): string {
  return dateWords(MONDAY + day * DAY_MINUTES * MINUTE_MS, { weekday: 'long', timeZone: 'UTC' });
}

const DAY_MINUTES = 1440;

/** One weekday's quiet, as a form has it: two clock times, both 00:00 for the whole day. */
export interface QuietDay {
  on: boolean;
  from: string;
  to: string;
}

const NIGHT: QuietDay = { on: true, from: '20:00', to: '08:00' };

export function weekOf(me: Pick<Me, 'quiet_from' | 'quiet_to'> | undefined): QuietDay[] | undefined {
  const { quiet_from, quiet_to } = me ?? {};
  if (quiet_from === undefined || quiet_to === undefined) return undefined;
  return WEEK.map((day) => {
    const from = quiet_from[day] ?? 0;
    const to = quiet_to[day] ?? 0;
    return from === to ? { ...NIGHT, on: false } : { on: true, from: clockOf(from), to: clockOf(to) };
  });
}

/** Evenings and nights of every day: what to begin with. */
export function nights(): QuietDay[] {
  return WEEK.map(() => ({ ...NIGHT }));
}

/** What PUT /me/dnd takes. */
export function minutesOf(week: readonly QuietDay[]): { quiet_from: number[]; quiet_to: number[] } {
  const quiet_from: number[] = [];
  const quiet_to: number[] = [];
  for (const { on, from, to } of week) {
    const begin = on ? minuteOf(from) : 0;
    const end = on ? minuteOf(to) : 0;
    quiet_from.push(begin);
    // Until midnight is the end of the day; from midnight to midnight is all of it.
    quiet_to.push(on && end === 0 ? DAY_MINUTES : end);
  }
  return { quiet_from, quiet_to };
}

function clockOf(minute: number): string {
  const of_day = minute % DAY_MINUTES;
  return `${String(Math.floor(of_day / 60)).padStart(2, '0')}:${String(of_day % 60).padStart(2, '0')}`;
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return Math.min(DAY_MINUTES, Math.max(0, (hours || 0) * 60 + (minutes || 0)));
}
