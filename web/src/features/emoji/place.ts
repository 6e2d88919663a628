import { isRtl } from '@/lib/direction';

const GAP_PX = 8;
const PHONE = '(max-width: 719.98px)';

/** Puts a floating card beside an anchor, above it when there is room, and always within the page. On a phone it lies at
 *  the bottom, where emoji.css puts it. */
export function placeBeside(card: HTMLElement, anchor: HTMLElement | null): void {
  if (anchor === null || matchMedia(PHONE).matches) return;
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const above = at.top - GAP_PX - height;
  const below = Math.min(at.bottom + GAP_PX, innerHeight - height - GAP_PX);
  const left = isRtl() ? at.left : at.right - width;
  card.style.left = `${Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX))}px`;
  card.style.top = `${Math.max(GAP_PX, above >= GAP_PX ? above : below)}px`;
}
