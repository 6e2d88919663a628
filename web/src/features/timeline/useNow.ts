import { useEffect, useState } from 'react';
import { untilMidnight } from '@/lib/time';

/** The time as far as day names need it: renders again at each local midnight. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), untilMidnight(now));
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}
