import { useCallback, useEffect, useRef, useState } from 'react';

export interface Pages<T> {
  items: readonly T[] | undefined;
  complete: boolean;
  failed: boolean;
  busy: boolean;
  more: () => void;
  again: () => void;
}

/** A list that comes a page at a time. Another `version` asks for as much as is shown anew; what is shown stays meanwhile. */
export function usePages<T extends { id: string }>(
  fetchPage: (last: T | undefined) => Promise<{ items: T[]; complete: boolean }>,
  version: unknown,
): Pages<T> {
  const [state, setState] = useState<Omit<Pages<T>, 'more' | 'again'>>({
    items: undefined,
    complete: false,
    failed: false,
    busy: true,
  });
  const generation = useRef(0);
  const shown = useRef(0);
  const load = useCallback(
    async (start: readonly T[], at_least: number): Promise<void> => {
      const mine = ++generation.current;
      setState((before) => ({ ...before, busy: true, failed: false }));
      try {
        let items = start;
        let complete = false;
        do {
          const page = await fetchPage(items.at(-1));
          if (mine !== generation.current) return;
          const known = new Set(items.map((item) => item.id));
          items = [...items, ...page.items.filter((item) => !known.has(item.id))];
          complete = page.complete || page.items.length === 0;
        } while (!complete && items.length < at_least);
        shown.current = items.length;
        setState({ items, complete, failed: false, busy: false });
      } catch {
        if (mine === generation.current) setState((before) => ({ ...before, failed: true, busy: false }));
      }
    },
    [fetchPage],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version is what loads again.
  useEffect(() => {
    void load([], shown.current);
    return () => {
      generation.current++;
    };
  }, [load, version]);
  return {
    ...state,
    more: () => void load(state.items ?? [], shown.current + 1),
    again: () => void load([], shown.current),
  };
}
