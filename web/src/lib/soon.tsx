import { type ComponentType, type ReactNode, Suspense, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { Store } from './store';

/** The work waits so long at most for the page to have nothing better to do. */
const IDLE_WITHIN_MS = 2_000;
/** A tab that nobody sees is not painted. */
const PAINT_WITHIN_MS = 500;
/** So long behind the page's own files. */
const QUIET_MS = 2_000;

const waiting = new Set<() => Promise<void>>();

/** A component of a module that is not needed for the first look: fetched when the page has nothing better to do, or when
 *  it is shown before that; `Meanwhile` stands in its place then. */
export function soon<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Meanwhile?: (props: P) => ReactNode,
): ComponentType<P> {
  let ready: ComponentType<P> | undefined;
  const fetched = async (): Promise<void> => {
    // What stands in its place is to be seen first.
    if (Meanwhile !== undefined && !settled.get()) await painted();
    ready = await load();
  };
  waiting.add(fetched);
  // No lazy() of React's: it shows what has come only so long after what stands in its place.
  return function Soon(props: P) {
    const [Code, setCode] = useState(() => ready);
    useEffect(() => {
      if (Code !== undefined) return;
      let gone = false;
      // At once: whatever `load` waited for is so in this moment, and need not be in the next.
      const show = (next: () => ComponentType<P> | undefined): void => {
        if (!gone) flushSync(() => setCode(next));
      };
      fetched().then(
        () => show(() => ready),
        (cause) =>
          show(() => {
            throw cause;
          }),
      );
      return () => {
        gone = true;
      };
    }, [Code]);
    const meanwhile = Meanwhile !== undefined && <Meanwhile {...props} />;
    return Code === undefined ? (
      meanwhile
    ) : (
      <Suspense fallback={meanwhile}>
        <Code {...props} />
      </Suspense>
    );
  };
}

/** The first look is over: what was left for later has its turn. */
export const settled = new Store(false);

/** Fetches all that waits. What cannot be fetched now is when it is shown. */
export function fetchWaiting(): void {
  whenIdle(() => {
    for (const load of waiting) load().catch(() => {});
    waiting.clear();
    settled.set(true);
  });
}

/** When the page as it is now has been painted, or is not being painted at all. */
export function painted(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, PAINT_WITHIN_MS);
    requestAnimationFrame(() => setTimeout(done));
  });
}

/** Nothing of the first visit itself is under way any more. */
export async function pageIsQuiet(): Promise<void> {
  if (document.readyState !== 'complete')
    await new Promise((loaded) => addEventListener('load', loaded, { once: true }));
  await new Promise((quiet) => setTimeout(quiet, QUIET_MS));
}

export function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: IDLE_WITHIN_MS });
  else setTimeout(work);
}
