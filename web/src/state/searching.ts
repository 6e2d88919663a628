import { Store } from '@/lib/store';

/** What the search panel was opened with. */
export interface SearchRequest {
  /** A room to stay in; undefined: everywhere. */
  room: string | undefined;
  /** What to look for; the panel's own text otherwise. */
  text?: string;
}

/** Set while the search panel is open. Each opening is another object, so that asking again puts the focus there. */
export const searching = new Store<SearchRequest | undefined>(undefined);

export function openSearch(request: SearchRequest): void {
  searching.set({ ...request });
}

export function closeSearch(): void {
  searching.set(undefined);
}

/** Goes to what was found, where the panel would cover it: the way back leads to the panel as it was. */
export function leaveSearch(request: SearchRequest): void {
  history.replaceState({ ...(history.state as object | null), search: request }, '');
  closeSearch();
}

/** What was left on this entry of the history. */
export function leftSearch(): SearchRequest | undefined {
  return (history.state as { search?: SearchRequest } | null)?.search;
}
