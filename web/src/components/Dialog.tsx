import { i18n } from '@lingui/core';
import { type ReactNode, useId, useRef } from 'react';
import { Icon } from './Icon';
import { useModal } from './useModal';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Shows no title row; the title is still what it is called. */
  bare?: boolean;
  /** Holds what would be lost: a press beside it does not close it. */
  firm?: boolean;
  className?: string;
}

/** A modal dialog: the browser keeps the focus inside, closes it on Esc and gives the focus back. A press beside it closes
 *  it too. Mounted means open. */
export function Dialog({ title, onClose, children, bare = false, firm = false, className = '' }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const pressed = useRef<EventTarget>(null);
  useModal(ref);
  const title_id = useId();
  return (
    <dialog
      ref={ref}
      className={`sheet ${className}`}
      aria-labelledby={title_id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDownCapture={(event) => {
        pressed.current = event.target;
      }}
      onClick={(event) => {
        // Words selected from within to beside it end in a click there, too.
        if (!firm && event.target === ref.current && pressed.current === ref.current) onClose();
      }}
      onKeyDown={(event) => {
        // It closes this, and not also what it was opened from.
        if (event.key === 'Escape') event.stopPropagation();
      }}
    >
      <div className="sheet-body">
        <header className={bare ? 'visually-hidden' : 'sheet-head'}>
          <h2 id={title_id}>{title}</h2>
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Close')}
            onClick={onClose}
            tabIndex={bare ? -1 : undefined}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
