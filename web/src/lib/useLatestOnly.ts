import { useEffect, useRef } from 'react';

/** Begins a request and ends the one before: an older answer must not come over a newer one. Ended with the component, too. */
export function useLatestOnly(): () => AbortSignal {
  const under_way = useRef<AbortController>(undefined);
  useEffect(() => () => under_way.current?.abort(), []);
  return () => {
    under_way.current?.abort();
    under_way.current = new AbortController();
    return under_way.current.signal;
  };
}
