import type { Me, Status, User } from '@/protocol/ops.gen';

export type Told = Pick<User, 'status' | 'dnd'>;

/** What a person says of the moment; undefined when nothing, or when its time is over. */
export function statusOf(user: Told | undefined, now: number): Status | undefined {
  const status = user?.status;
  if (status === undefined || (status.emoji === '' && status.text === '')) return undefined;
  return status.expires_at !== undefined && status.expires_at <= now ? undefined : status;
}

/** Whether a person is not to be disturbed. */
export function isQuiet(user: Told | undefined, now: number): boolean {
  const span = user?.dnd;
  return span !== undefined && span.from <= now && now < span.until;
}

const MINUTE_MS = 60_000;

/** What the clock shows where a person is, and how far that is from here: "14:05 · 3 h ahead". Undefined for a zone that
 *  this browser does not know. */
export function localTime(zone: string, now: number): { time: string; apart: string } | undefined {
  try {
    const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const time = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }).format(now);
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
  if (minutes === 0) return 'as here';
  const hours = Math.abs(minutes) / 60;
  const words = hours < 1 ? `${Math.abs(minutes)} min` : `${Number(hours.toFixed(2)).toLocaleString()} h`;
  return `${words} ${minutes > 0 ? 'ahead' : 'behind'}`;
}

// ---- how long ----

export type ClearAfter = 'never' | '30m' | '1h' | '4h' | 'today' | 'week';

export const CLEAR_AFTER: { value: ClearAfter; name: string }[] = [
  { value: 'never', name: 'Until I clear it' },
  { value: '30m', name: '30 minutes' },
  { value: '1h', name: '1 hour' },
  { value: '4h', name: '4 hours' },
  { value: 'today', name: 'Today' },
  { value: 'week', name: 'This week' },
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

export const PRESETS: { emoji: string; text: string; clear: ClearAfter }[] = [
  { emoji: '📅', text: 'In a meeting', clear: '1h' },
  { emoji: '🎧', text: 'Focusing', clear: '4h' },
  { emoji: '🍜', text: 'Lunch', clear: '1h' },
  { emoji: '🚌', text: 'On the way', clear: '30m' },
  { emoji: '🏡', text: 'At home today', clear: 'today' },
  { emoji: '🤒', text: 'Out sick', clear: 'today' },
  { emoji: '🌴', text: 'On holiday', clear: 'week' },
];

// ---- quiet hours ----

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
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
  return WEEKDAYS.map((_, day) => {
    const from = quiet_from[day] ?? 0;
    const to = quiet_to[day] ?? 0;
    return from === to ? { ...NIGHT, on: false } : { on: true, from: clockOf(from), to: clockOf(to) };
  });
}

/** Evenings and nights of every day: what to begin with. */
export function nights(): QuietDay[] {
  return WEEKDAYS.map(() => ({ ...NIGHT }));
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
