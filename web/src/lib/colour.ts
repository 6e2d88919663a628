/** sRGB, each 0 to 255. */
export type Colour = readonly [number, number, number];

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
const STEPS = 50;

/** Of "#rgb", "#rrggbb" or "#rrggbbaa", without what shines through; undefined for all else. */
export function parseColour(text: string): Colour | undefined {
  const long = text.trim().replace(/^#([\da-f])([\da-f])([\da-f])$/i, '#$1$1$2$2$3$3');
  const [, r, g, b] = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})(?:[\da-f]{2})?$/i.exec(long) ?? [];
  if (r === undefined || g === undefined || b === undefined) return undefined;
  return [Number.parseInt(r, 16), Number.parseInt(g, 16), Number.parseInt(b, 16)];
}

export function hexOf(colour: Colour): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** WCAG 2.2, "contrast ratio": 1 to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** WCAG 2.2, "relative luminance": 0 to 1. */
export function luminance(colour: Colour): number {
  const [r = 0, g = 0, b = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** `share` of b in a, 0 to 1. */
export function mixed(a: Colour, b: Colour, share: number): Colour {
  const part = (i: 0 | 1 | 2): number => a[i] + (b[i] - a[i]) * share;
  return [part(0), part(1), part(2)];
}

/** The colour nearest to the wished one that can be read on every ground: as much lighter or darker as needed. */
export function readableOn(wish: Colour, grounds: readonly Colour[], ratio: number): Colour {
  const least = (colour: Colour): number => Math.min(...grounds.map((ground) => contrast(colour, ground)));
  const goal = least(WHITE) > least(BLACK) ? WHITE : BLACK;
  for (let step = 0; step <= STEPS; step++) {
    const colour = mixed(wish, goal, step / STEPS);
    if (least(colour) >= ratio) return colour;
  }
  return goal;
}

/** Black or white, whichever is read better on it. */
export function inkOn(ground: Colour): Colour {
  return contrast(BLACK, ground) > contrast(WHITE, ground) ? BLACK : WHITE;
}
