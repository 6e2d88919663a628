import { useEffect, useRef } from 'react';
import { SkeletonRows } from './Skeleton';

/** Stands below the last row of a list in a panel, and tells when it is about to be seen. */
export function ListEnd({ onNear, busy }: { onNear: () => void; busy: boolean }) {
  const mark = useRef<HTMLDivElement>(null);
  const near = useRef(onNear);
  near.current = onNear;
  useEffect(() => {
    const element = mark.current;
    if (element === null || busy) return;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) near.current();
      },
      { root: element.closest('.panel-body'), rootMargin: '400px' },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [busy]);
  return (
    <div className="edge" aria-busy={busy} ref={mark}>
      <SkeletonRows count={1} tall />
    </div>
  );
}
