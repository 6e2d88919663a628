import { createContext, type ReactNode, use, useCallback, useState } from 'react';
import type { Anchor } from '@/components/Floating';
import { soon } from '@/lib/soon';
import '@/styles/people.css';

const AboutPerson = soon(async () => (await import('../opened')).AboutPerson);

/** As wide as people.css makes it. */
const CARD_PX = 340;

type Open = (id: string, at: Element) => void;
const CardContext = createContext<Open>(() => {});

/** Opens the card of a person at an element. */
export function usePersonCard(): Open {
  return use(CardContext);
}

export function PersonCards({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ id: string; anchor: Anchor }>();
  const open = useCallback<Open>((id, at) => {
    const { left, right, top, bottom } = at.getBoundingClientRect();
    // Floats align their ends; a card begins where the name does.
    setShown({ id, anchor: { left: right - CARD_PX, top, right: left + CARD_PX, bottom } });
  }, []);
  const close = useCallback(() => setShown(undefined), []);
  return (
    <CardContext value={open}>
      {children}
      {shown !== undefined && <AboutPerson key={shown.id} id={shown.id} anchor={shown.anchor} onClose={close} />}
    </CardContext>
  );
}

/** What is inside opens the card of a person. */
export function PersonButton(props: {
  id: string;
  className?: string;
  children: ReactNode;
  label?: string;
  tabIndex?: number;
}) {
  const open = usePersonCard();
  return (
    <button
      type="button"
      className={`person-button ${props.className ?? ''}`}
      aria-label={props.label}
      tabIndex={props.tabIndex}
      aria-haspopup="dialog"
      onClick={(event) => {
        event.stopPropagation();
        open(props.id, event.currentTarget);
      }}
    >
      {props.children}
    </button>
  );
}
