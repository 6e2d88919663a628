import type { LinkPreview } from '@/protocol/ops.gen';

/** How much room a card takes, in px: known before it, or its picture, has come. */
export function cardHeight({ description, image }: LinkPreview): number {
  return description === undefined && image === undefined ? 72 : 108;
}
