import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';

const PAUSE_MS = 200;

/** A list that comes in pages. `load` gives the next part behind what is held, and whether that was the last one. What is
 *  in `key` asks for it anew, after a pause in which it may change again. */
export function usePages<T>(
  key: string,
  load: (held: readonly T[], signal: AbortSignal) => Promise<{ rows: T[]; complete: boolean }>,
): {
  rows: T[] | undefined;
  complete: boolean;
  error: string | undefined;
  busy: boolean;
  more: () => void;
  again: () => void;
  change: (change: (rows: T[]) => T[]) => void;
} {
  const [rows, setRows] = useState<T[]>();
  const [complete, setComplete] = useState(true);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const under_way = useRef<AbortController>(undefined);
  const fetchPage = async (held: readonly T[]): Promise<void> => {
    under_way.current?.abort();
    const giveUp = new AbortController();
    under_way.current = giveUp;
    setBusy(true);
    try {
      const page = await latest.current(held, giveUp.signal);
      if (giveUp.signal.aborted) return;
      setRows([...held, ...page.rows]);
      setComplete(page.complete);
      setError(undefined);
    } catch (cause) {
      if (giveUp.signal.aborted) return;
      setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
    }
    setBusy(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key and the turn are what asks anew.
  useEffect(() => {
    const timer = setTimeout(() => void fetchPage([]), rows === undefined ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      under_way.current?.abort();
    };
  }, [key, turn]);
  return {
    rows,
    complete,
    error,
    busy,
    more: () => void fetchPage(rows ?? []),
    again: () => setTurn((before) => before + 1),
    change: (change) => setRows((before) => (before === undefined ? before : change(before))),
  };
}
