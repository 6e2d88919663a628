import { i18n } from '@lingui/core';
import { clockTime, dateWords } from '@/lib/time';

/** Wall times in a named zone, and the moments they are: "tomorrow at nine" is nine where the person is. */

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

export interface Choice {
  name: string;
  at: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MORNING = 9;
const MONDAY = 1;

/** The zone of a person's profile where the browser knows it; else the browser's own. */
export function zoneOf(chosen: string | undefined): string {
  try {
    if (chosen !== undefined && chosen !== '')
      return new Intl.DateTimeFormat('en', { timeZone: chosen }).resolvedOptions().timeZone;
  } catch {
    // A name that this browser has not got.
  }
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What a clock in the zone shows at a moment. */
export function wallOf(at: number, zone: string): Wall {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute') };
}

function asUtc({ year, month, day, hour, minute }: Wall): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** The moment at which a clock in the zone shows this. In the hour that a change of clocks leaves out it is one beside. */
export function momentOf(wall: Wall, zone: string): number {
  const wanted = asUtc(wall);
  let at = wanted;
  // The second step is for an offset that is another one at the first guess.
  for (let step = 0; step < 2; step++) at += wanted - asUtc(wallOf(at, zone));
  return at;
}

/** So many days on, at the hour. */
function morningIn(days: number, now: number, zone: string): number {
  const today = wallOf(now, zone);
  const day = new Date(Date.UTC(today.year, today.month - 1, today.day + days));
  const wall = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
  return momentOf({ ...wall, hour: MORNING, minute: 0 }, zone);
}

/** What is offered first. */
export function choicesOf(now: number, zone: string): Choice[] {
  const { year, month, day } = wallOf(now, zone);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const to_monday = (7 + MONDAY - weekday) % 7 || 7;
  const tomorrow = morningIn(1, now, zone);
  const choices = [
    { name: i18n.t('In 20 minutes'), at: now + 20 * MINUTE_MS },
    { name: i18n.t('In 1 hour'), at: now + HOUR_MS },
    { name: i18n.t('In 3 hours'), at: now + 3 * HOUR_MS },
    { name: i18n.t('Tomorrow at {time}', { time: clockTime(tomorrow, zone) }), at: tomorrow },
  ];
  // On a Sunday the two are one.
  if (to_monday > 1) {
    const monday = morningIn(to_monday, now, zone);
    choices.push({ name: i18n.t('Monday at {time}', { time: clockTime(monday, zone) }), at: monday });
  }
  return choices;
}

/** As <input type="datetime-local"> has it. */
export function fieldOf(at: number, zone: string): string {
  const { year, month, day, hour, minute } = wallOf(at, zone);
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}`;
}

/** Undefined: no such time was written. */
export function momentOfField(text: string, zone: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  return momentOf({ year, month, day, hour, minute }, zone);
}

/** "today, 14:20", "tomorrow, 9:00", "Mon, 23 Nov, 9:00", in the zone. */
export function whenWords(at: number, now: number, zone: string): string {
  return i18n.t('{day}, {time}', { day: dayWords(at, now, zone), time: clockTime(at, zone) });
}

function dayWords(at: number, now: number, zone: string): string {
  const days = Math.round((dayOf(at, zone) - dayOf(now, zone)) / (24 * HOUR_MS));
  if (days === -1) return i18n.t('yesterday');
  if (days === 0) return i18n.t('today');
  if (days === 1) return i18n.t('tomorrow');
  const same_year = wallOf(at, zone).year === wallOf(now, zone).year;
  return dateWords(at, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(same_year ? {} : { year: 'numeric' }),
  });
}

function dayOf(at: number, zone: string): number {
  return asUtc({ ...wallOf(at, zone), hour: 0, minute: 0 });
}
