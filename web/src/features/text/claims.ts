import type { Inline } from './ast';

/** The address when it is one that a click may open, else undefined. */
export function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Where a link leads, when its words could be taken for another place: they name one, in letters of whatever script, or hide
 *  how they are to be read. A place that only looks like another is named as the browser knows it. */
export function otherPlace(children: readonly Inline[], href: string): string | undefined {
  const words = plain(children);
  const place = placeOf(href);
  const seen = words
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[。．]/g, '.')
    .trim()
    .toLowerCase();
  const turned = /\p{Bidi_Control}/u.test(words);
  const disguised = place.includes('xn--') && !words.includes(place);
  return turned || disguised || named(seen).some((one) => one !== place) ? place : undefined;
}

const ADDRESS = /^[\w-]+(\.[\w-]+)+|^\w+:|^\/\//;
const NAME = /(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]*\p{L}/gu;

/** The places that words name: of an address its own, else whatever looks like a name of one. */
function named(words: string): string[] {
  if (/^[^\s/@]+@[^\s/@]+$/.test(words)) return [words];
  const whole = ADDRESS.test(words) ? safeHref(/^\w+:/.test(words) ? words : `https://${words}`) : undefined;
  if (whole === undefined) return (words.match(NAME) ?? []).map(bare);
  // What stands before an @ is no place, and is read as one.
  const { username } = new URL(whole);
  return [...(username === '' ? [] : [username]), placeOf(whole)];
}

function placeOf(href: string): string {
  const url = new URL(href);
  return url.protocol === 'mailto:' ? url.pathname.toLowerCase() : bare(url.host);
}

function bare(host: string): string {
  return host.replace(/^www\./, '');
}

function plain(children: readonly Inline[]): string {
  return children
    .map((child) => {
      if ('children' in child) return plain(child.children);
      if ('text' in child) return child.text;
      return child.type === 'mention' ? child.sign + child.name : ' ';
    })
    .join('');
}
