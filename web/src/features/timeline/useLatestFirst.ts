import { startTransition, useEffect, useState } from 'react';
import { painted } from '@/lib/soon';
import type { Row } from './rows';

/** More than most screens have room for. */
const FIRST_ROWS = 32;

/** The last rows, until they have been painted; then all of them. Who opens a room at its end sees these, and need not wait
 *  until those above are laid out as well. `at_once`: they begin elsewhere. */
export function useLatestFirst(rows: readonly Row[], at_once: boolean): { shown: readonly Row[]; whole: boolean } {
  const [all, setAll] = useState(at_once);
  const whole = all || at_once || rows.length <= FIRST_ROWS;
  const some = rows.length > 0;
  useEffect(() => {
    if (all || !some) return;
    let gone = false;
    void painted().then(() => {
      if (!gone) startTransition(() => setAll(true));
    });
    return () => {
      gone = true;
    };
  }, [all, some]);
  return { shown: whole ? rows : lastOf(rows), whole };
}

/** The last of them, below the row of the day that the first of these is of. */
function lastOf(rows: readonly Row[]): readonly Row[] {
  const from = rows.length - FIRST_ROWS;
  const day = rows.findLast((row, at) => at <= from && row.kind === 'day');
  const last = rows.slice(from);
  return day === undefined || last[0] === day ? last : [day, ...last];
}
