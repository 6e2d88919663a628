import { i18n } from '@lingui/core';
import { type KeyboardEvent, type ReactNode, useState } from 'react';

/** Hidden until it is pressed. What is in it can neither be seen, read out nor reached before. */
export function Spoiler({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  if (open)
    return (
      // The same element as before, so that the focus stays where it was.
      <span className="spoiler is-open" tabIndex={-1}>
        <span>{children}</span>
      </span>
    );
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    setOpen(true);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: it flows with the words around it and may hold links, a button cannot.
    <span
      className="spoiler"
      role="button"
      tabIndex={0}
      aria-expanded="false"
      aria-label={i18n.t('Hidden text. Press to show it.')}
      title={i18n.t('Press to show')}
      onClick={() => setOpen(true)}
      onKeyDown={keyDown}
    >
      <span inert aria-hidden="true">
        {children}
      </span>
    </span>
  );
}
