import type { ClipboardEvent, KeyboardEvent, RefObject } from 'react';
import type { Choice } from './Choices';
import { type Edit, newLine, pasteLink, type Selected } from './editing';
import { doesEnterSend } from './enterKey';
import { type Format, formatOfKey } from './formats';
import type { useOffer } from './useOffer';

interface Parts {
  box: RefObject<HTMLTextAreaElement | null>;
  text: string;
  offer: ReturnType<typeof useOffer>;
  edit: (edit: Edit) => void;
  send: () => void;
  onUp?: (() => void) | undefined;
  onEscape?: (() => void) | undefined;
}

/** What the keys and a paste do in the field. */
export function useKeys({ box, text, offer, edit, send, onUp, onEscape }: Parts) {
  const selected = (): Selected => {
    const area = box.current;
    if (area === null) return { text, from: text.length, to: text.length };
    return { text: area.value, from: area.selectionStart, to: area.selectionEnd };
  };
  const insert = ({ make }: Pick<Format, 'make'>): void => edit(make(selected()));

  const complete = ({ insert: words, taken }: Choice): void => {
    const { offered } = offer;
    if (offered === undefined) return;
    taken?.();
    const end = offered.from + words.length;
    // A space that is there already need not come twice.
    const to = text[offered.to] === ' ' ? offered.to + 1 : offered.to;
    edit({ from: offered.from, to, insert: words, select_from: end, select_to: end });
    offer.close();
  };

  /** Undefined: not Enter, or the browser's own new line will do. */
  const enter = (event: KeyboardEvent): (() => void) | undefined => {
    if (event.key !== 'Enter' || event.altKey) return undefined;
    const breaks = event.shiftKey || (!doesEnterSend() && !event.ctrlKey && !event.metaKey);
    if (!breaks) return send;
    const next = newLine(selected());
    return next && (() => edit(next));
  };

  const actOf = (event: KeyboardEvent): (() => void) | undefined => {
    const format = formatOfKey(event, selected());
    if (format !== undefined) return () => insert(format);
    if (event.key === 'Escape') return onEscape;
    if (event.key === 'ArrowUp' && text === '') return onUp;
    return enter(event);
  };

  const keyDown = (event: KeyboardEvent): void => {
    // The keys of a composition are the input method's; keyCode 229 is Safari's way to say so of its last Enter.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (offer.keyDown(event)) return event.preventDefault();
    const act = actOf(event);
    if (act === undefined) return;
    event.preventDefault();
    // Ctrl+K would open the switcher, and Escape close what the composer is in.
    event.stopPropagation();
    act();
  };

  const paste = (event: ClipboardEvent): void => {
    const made = pasteLink(selected(), event.clipboardData.getData('text/plain'));
    if (made === undefined) return;
    event.preventDefault();
    edit(made);
  };
  return { keyDown, paste, insert, complete };
}
