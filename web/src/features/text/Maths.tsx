import { memo, useLayoutEffect, useRef } from 'react';
import { Lazy, useLazy } from '@/lib/lazy';

const typesetting = new Lazy(() => import('./typesetting'));

/** A formula: as written until it can be set, and for good when it is not valid. */
export const Maths = memo(function Maths({ tex, display }: { tex: string; display: boolean }) {
  const setter = useLazy(typesetting);
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    element.classList.remove('is-source');
    try {
      if (setter === undefined) throw new Error('not there yet');
      setter.typeset(tex, element, display);
    } catch {
      element.classList.add('is-source');
      element.textContent = tex;
    }
  }, [setter, tex, display]);
  return <span ref={place} className={display ? 'maths maths-display' : 'maths'} />;
});
