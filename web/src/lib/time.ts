const clock_time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const full_time = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const day_here = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const day_far = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

export function clockTime(ms: number): string {
  return clock_time.format(ms);
}

export function fullTime(ms: number): string {
  return full_time.format(ms);
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
  if (key === dayKey(now)) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (key === dayKey(yesterday.getTime())) return 'Yesterday';
  return (new Date(ms).getFullYear() === new Date(now).getFullYear() ? day_here : day_far).format(ms);
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
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return dayName(ms, now);
}
