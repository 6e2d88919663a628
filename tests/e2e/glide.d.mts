export function glide(how: { frames: number; step: number }): Promise<{
  jumps: number;
  worst: number;
  drift: number;
  /** How often older history came meanwhile. */
  pages: number;
  /** In the page, at the end. */
  rows: number;
  /** Of a frame, in ms. */
  p95: number;
  longest: number;
}>;
export function prepends(how: { times: number; at: number }): Promise<{
  jumps: number;
  worst: number;
  drift: number;
  heads: number;
  rows: number;
}>;
