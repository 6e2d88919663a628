import { Suspense, useEffect } from 'react';
import { late } from '@/lib/late';
import { useStore } from '@/state/context';
import { leftSearch, openSearch, searching } from '@/state/searching';

const SearchPanel = late(async () => (await import('./SearchPanel')).SearchPanel);

/** Where the search panel comes, and its keys: Ctrl+F for the open room, with Shift for all of them. Ctrl+F in the panel
 *  itself is the browser's. */
export function SearchPlace({ current }: { current: string | undefined }) {
  const request = useStore(searching);
  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'f') return;
      const inside = document.activeElement?.closest('.search-panel, dialog') != null;
      if (inside && !event.shiftKey) return;
      event.preventDefault();
      openSearch({ room: event.shiftKey ? undefined : current });
    };
    addEventListener('keydown', keyDown);
    return () => removeEventListener('keydown', keyDown);
  }, [current]);
  useEffect(() => {
    const popped = (): void => {
      const left = leftSearch();
      if (left !== undefined) openSearch(left);
    };
    addEventListener('popstate', popped);
    return () => removeEventListener('popstate', popped);
  }, []);
  if (request === undefined) return null;
  return (
    <Suspense>
      <SearchPanel request={request} current={current} />
    </Suspense>
  );
}
