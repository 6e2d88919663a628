import { momentOf, wallOf } from '../later/times';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const UNITS_MS: Record<string, number> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: DAY_MS };
const MORNING = 9;
/** Further on nobody means by such words. */
const MOST_MS = 365 * DAY_MS;

/** Reads "20m the oven", "in 3 hours call Ana", "14:30 tea", "tomorrow post": when, in the zone, and of what. */
export function readReminder(text: string, now: number, zone: string): { at: number; note: string } | undefined {
  const span = /^(?:in\s+)?(\d{1,4})\s*(m|h|d)(?:in(?:ute)?s?|(?:ou)?rs?|ays?)?\s+(\S[\s\S]*)$/i.exec(text);
  if (span !== null) {
    const ms = Number(span[1]) * (UNITS_MS[(span[2] ?? '').toLowerCase()] ?? 0);
    return ms > 0 && ms <= MOST_MS ? { at: now + ms, note: (span[3] ?? '').trim() } : undefined;
  }
  const clock = /^(tomorrow\s+)?(?:at\s+)?(\d{1,2}):(\d\d)\s+(\S[\s\S]*)$/i.exec(text);
  if (clock !== null) {
    const [hour, minute] = [Number(clock[2]), Number(clock[3])];
    if (hour > 23 || minute > 59) return undefined;
    const today = momentOf({ ...wallOf(now, zone), hour, minute }, zone);
    const on = clock[1] !== undefined || today <= now;
    return { at: on ? nextDay(now, zone, hour, minute) : today, note: (clock[4] ?? '').trim() };
  }
  const tomorrow = /^tomorrow\s+(\S[\s\S]*)$/i.exec(text);
  return tomorrow === null ? undefined : { at: nextDay(now, zone, MORNING, 0), note: (tomorrow[1] ?? '').trim() };
}

function nextDay(now: number, zone: string, hour: number, minute: number): number {
  const { year, month, day } = wallOf(now, zone);
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  const wall = { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate(), hour, minute };
  return momentOf(wall, zone);
}
