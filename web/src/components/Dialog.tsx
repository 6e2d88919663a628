import { type ReactNode, useId, useRef } from 'react';
import { Icon } from './Icon';
import { useModal } from './useModal';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Shows no title row; the title is still what it is called. */
  bare?: boolean;
  className?: string;
}

/** A modal dialog: the browser keeps the focus inside, closes it on Esc and gives the focus back. A click beside it closes
 *  it too. Mounted means open. */
export function Dialog({ title, onClose, children, bare = false, className = '' }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useModal(ref);
  const title_id = useId();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the browser's own way to close a dialog.
    <dialog
      ref={ref}
      className={`sheet ${className}`}
      aria-labelledby={title_id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="sheet-body">
        <header className={bare ? 'visually-hidden' : 'sheet-head'}>
          <h2 id={title_id}>{title}</h2>
          <button
            type="button"
            className="btn-icon"
            aria-label="Close"
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
