import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import type { ChoicesHandle } from './Choices';
import { type Place, placeAt } from './place';

/** What is offered for the word at the caret, and whether a key is for it. */
export function useOffer(box: RefObject<HTMLTextAreaElement | null>, text: string) {
  /** Undefined while nothing was written here: a look back at a name must not open a list. */
  const [caret, setCaret] = useState<number>();
  const [dismissed, setDismissed] = useState<number>();
  const [chosen, setChosen] = useState<string>();
  const choices = useRef<ChoicesHandle>(null);
  const place = caret === undefined ? undefined : placeAt(text, caret);
  const offered: Place | undefined = place !== undefined && place.from !== dismissed ? place : undefined;

  const written = (next: string): void => {
    const at = box.current?.selectionStart ?? next.length;
    setCaret(at);
    if (placeAt(next, at) === undefined) setDismissed(undefined);
  };
  const moved = (): void => {
    const area = box.current;
    if (offered !== undefined && area !== null)
      setCaret(area.selectionStart === area.selectionEnd ? area.selectionStart : undefined);
  };
  const keyDown = (event: KeyboardEvent): boolean => {
    if (offered === undefined) return false;
    if (event.key !== 'Escape') return choices.current?.keyDown(event) === true;
    if (choices.current?.open !== true) return false;
    event.stopPropagation();
    setDismissed(offered.from);
    return true;
  };
  return {
    offered,
    chosen: offered === undefined ? undefined : chosen,
    choices,
    setChosen,
    written,
    moved,
    keyDown,
    close: () => setCaret(undefined),
  };
}
