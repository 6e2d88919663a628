import type { ClipboardEvent } from 'react';

/** The files that are pasted, which are then not pasted as words. Text wins: who copies a cell of a table means its words, and
 *  not the picture of it that comes along. */
export function pastedFiles(event: ClipboardEvent): readonly File[] {
  const { files } = event.clipboardData;
  if (files.length === 0 || event.clipboardData.getData('text/plain') !== '') return [];
  event.preventDefault();
  return [...files];
}
