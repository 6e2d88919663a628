import type { ClipboardEvent, KeyboardEvent, RefObject } from 'react';
import type { Choice } from './Choices';
import { type Edit, newLine, pasteLink, type Selected } from './editing';
import { emojiFor } from './emoticons';
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
    if (sends(event)) return send;
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
    turnEmoticon(event);
    const act = actOf(event);
    if (act === undefined) return;
    event.preventDefault();
    // Ctrl+K would open the switcher, and Escape close what the composer is in.
    event.stopPropagation();
    act();
  };

  /** A space, or a new line, behind ":)" is the moment that it is whole; the key then does what it does. */
  const turnEmoticon = (event: KeyboardEvent): void => {
    const { text: written, from, to } = selected();
    if (from !== to || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== ' ' && (event.key !== 'Enter' || sends(event))) return;
    const made = emojiFor(written, from);
    if (made !== undefined) edit(made);
  };

  const paste = (event: ClipboardEvent): void => {
    const made = pasteLink(selected(), event.clipboardData.getData('text/plain'));
    if (made === undefined) return;
    event.preventDefault();
    edit(made);
  };
  return { keyDown, paste, insert, complete };
}

/** Of Enter: it does not begin a line. */
function sends(event: KeyboardEvent): boolean {
  return !event.shiftKey && (doesEnterSend() || event.ctrlKey || event.metaKey);
}
