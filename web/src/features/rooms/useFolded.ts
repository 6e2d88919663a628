import { useState } from 'react';
import { storage } from '@/lib/storage';

/** Whether a section of the sidebar is folded; kept on this device. */
export function useFolded(id: string, from_start: boolean): [boolean, (folded: boolean) => void] {
  const key = `parley.folded.${id}`;
  const [folded, setFolded] = useState(() => (storage.getItem(key) ?? (from_start ? '1' : '0')) === '1');
  const set = (next: boolean): void => {
    setFolded(next);
    storage.setItem(key, next ? '1' : '0');
  };
  return [folded, set];
}
