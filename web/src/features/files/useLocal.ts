import { useEffect, useState } from 'react';
import { Blobs } from './blobs';
import type { AnyFile } from './looks';
import { held } from './tray';
import { localUrl } from './urls';

const blobs = new Blobs();

/** The address of a file's bytes in this browser; undefined: it has none, or they are being looked for. */
export function useLocal(file: AnyFile): string | undefined {
  const key = 'key' in file ? file.key : file.id;
  const [, found] = useState(0);
  const url = localUrl(key);
  const missing = url === undefined && 'key' in file;
  useEffect(() => {
    if (!missing) return;
    let gone = false;
    blobs
      .get(key)
      .then((blob) => {
        if (gone || blob === undefined) return;
        held.set(key, blob);
        found((n) => n + 1);
      })
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, [key, missing]);
  return url;
}
