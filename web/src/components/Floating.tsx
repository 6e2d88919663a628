import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { isRtl } from '@/lib/direction';
import { useModal } from './useModal';

export interface Anchor {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Props {
  label: string;
  anchor: Anchor;
  onClose: () => void;
  children: ReactNode;
  className?: string;
}

const GAP_PX = 6;
const MARGIN_PX = 8;

/** Floats at what it belongs to: below it, above where there is no room; on a phone it comes from the lower edge. The
 *  browser keeps the focus inside, closes it on Esc and gives the focus back. Mounted means open. It stands in no form and
 *  takes no style from where it was opened. */
export function Floating({ label, anchor, onClose, children, className = '' }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useModal(ref);
  const pressed = useRef<EventTarget>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const place = (): void => {
      const { offsetWidth: width, offsetHeight: height } = dialog;
      const below = anchor.bottom + GAP_PX;
      const above = anchor.top - GAP_PX - height;
      const top = below + height + MARGIN_PX <= innerHeight || above < MARGIN_PX ? below : above;
      dialog.style.top = `${clamp(top, innerHeight - height)}px`;
      dialog.style.left = `${clamp(isRtl() ? anchor.left : anchor.right - width, innerWidth - width)}px`;
    };
    // What is inside may grow when it is loaded.
    const observer = new ResizeObserver(place);
    observer.observe(dialog);
    return () => observer.disconnect();
  }, [anchor]);
  return createPortal(
    <dialog
      ref={ref}
      className={`floating ${className}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDownCapture={(event) => {
        pressed.current = event.target;
      }}
      onClickCapture={(event) => {
        // The finger whose long press opened this is lifted: that presses nothing. A key's click has no detail.
        if (pressed.current === null && event.detail > 0) event.stopPropagation();
      }}
      onClick={(event) => {
        event.stopPropagation();
        if (event.target === ref.current && pressed.current === ref.current) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      // What is sent in it is not what is written around it.
      onSubmit={(event) => event.stopPropagation()}
    >
      {children}
    </dialog>,
    document.body,
  );
}

function clamp(value: number, most: number): number {
  return Math.max(MARGIN_PX, Math.min(value, most - MARGIN_PX));
}
