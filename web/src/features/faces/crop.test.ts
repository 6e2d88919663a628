import { describe, expect, it } from 'vitest';
import { mostZoom, moved, tooSmall, wholeOf, zoomed, zoomOf } from './crop';

const wide = { width: 400, height: 200 };

describe('a crop', () => {
  it('is the largest square in the middle at first', () => {
    expect(wholeOf(wide)).toEqual({ x: 100, y: 0, side: 200 });
    expect(zoomOf(wide, wholeOf(wide))).toBe(1);
  });

  it('never leaves the picture', () => {
    const crop = wholeOf(wide);
    expect(moved(wide, crop, -1000, 5)).toEqual({ x: 0, y: 0, side: 200 });
    expect(moved(wide, crop, 1000, -5)).toEqual({ x: 200, y: 0, side: 200 });
    const close = zoomed(wide, moved(wide, crop, 1000, 0), 2, 1, 1);
    expect(close).toEqual({ x: 300, y: 100, side: 100 });
    expect(zoomed(wide, close, 1)).toEqual({ x: 200, y: 0, side: 200 });
  });

  it('keeps what is under the pointer where it is while it zooms', () => {
    const crop = zoomed(wide, wholeOf(wide), 2, 0.25, 0.75);
    expect(crop.x + 0.25 * crop.side).toBe(100 + 0.25 * 200);
    expect(crop.y + 0.75 * crop.side).toBe(0.75 * 200);
  });

  it('zooms as far as there are pixels to be seen, and no further', () => {
    expect(mostZoom(wide)).toBe(6.25);
    expect(mostZoom({ width: 5000, height: 4000 })).toBe(8);
    expect(zoomOf(wide, zoomed(wide, wholeOf(wide), 99))).toBe(6.25);
    expect(zoomOf(wide, zoomed(wide, wholeOf(wide), 0.1))).toBe(1);
    expect(mostZoom({ width: 20, height: 20 })).toBe(1);
  });

  it('is refused of a picture with too few', () => {
    expect(tooSmall({ width: 31, height: 300 })).toBe(true);
    expect(tooSmall({ width: 32, height: 32 })).toBe(false);
  });
});
