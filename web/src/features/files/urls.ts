import { held } from './tray';

/** Addresses of bytes that are in this page, by a file's key, and by its id once it has one: what I send stays the picture
 *  that I chose, and is not fetched again. The oldest go when there are many. */
const urls = new Map<string, string>();
const MOST = 40;

export function localUrl(key: string): string | undefined {
  const known = urls.get(key);
  if (known !== undefined) return known;
  const blob = held.get(key);
  if (blob === undefined) return undefined;
  const url = URL.createObjectURL(blob);
  urls.set(key, url);
  for (const [oldest, old] of urls) {
    if (urls.size <= MOST) break;
    urls.delete(oldest);
    if (![...urls.values()].includes(old)) URL.revokeObjectURL(old);
  }
  return url;
}

/** The file is with the server under this id. */
export function adoptUrl(key: string, id: string): void {
  const url = localUrl(key);
  if (url !== undefined) urls.set(id, url);
}

/** Where the server has a file, or one of its previews. */
export function fileUrl(id: string, part?: 'small' | 'large' | 'download'): string {
  const path = `/media/files/${id}`;
  if (part === undefined) return path;
  return part === 'download' ? `${path}?download=1` : `${path}/${part}`;
}
