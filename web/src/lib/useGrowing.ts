import { type RefObject, useLayoutEffect } from 'react';

/** A field of `field-sizing: content` is as high as its text, and costs no layout of its own for it. */
const GROWS_BY_ITSELF = globalThis.CSS?.supports?.('field-sizing', 'content') === true;

/** Keeps a field as high as its text where the browser does not. */
export function useGrowing(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const area = field.current;
    if (GROWS_BY_ITSELF || area === null) return;
    // While it is measured what is around it stays as high: a timeline that had more room for a moment would leave its end.
    const around = area.parentElement;
    if (around !== null) around.style.minHeight = `${around.offsetHeight}px`;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
    if (around !== null) around.style.minHeight = '';
  }, [text]);
}
