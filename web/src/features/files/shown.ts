import type { Attachment } from '@/protocol/ops.gen';
import { looksOf } from './looks';

/** It can be shown large: pictures, videos, and the first page of a document. */
export function isShown(file: Attachment): boolean {
  const looks = looksOf(file);
  return looks === 'image' || looks === 'video' || (file.kind === 'pdf' && file.previews.includes('large'));
}
