import katex from 'katex';
import 'katex/dist/katex.css';

/** What a formula may expand to, and how large it may draw: it may not fill the screen or the memory. */
const MAX_EXPAND = 300;
const MAX_SIZE_EM = 20;

/** Sets a formula into an element, node by node and never as HTML text, so that the page's policy holds. Throws when it is
 *  not valid. */
export function typeset(tex: string, into: HTMLElement, display: boolean): void {
  katex.render(tex, into, {
    displayMode: display,
    throwOnError: true,
    trust: false,
    strict: 'ignore',
    maxExpand: MAX_EXPAND,
    maxSize: MAX_SIZE_EM,
  });
}
