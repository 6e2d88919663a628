/** A square cut out of a picture, in its own pixels. */
export interface Crop {
  x: number;
  y: number;
  side: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Nothing smaller becomes a face that can be told from another. */
const LEAST_SIDE = 32;
const MOST_ZOOM = 8;

export function tooSmall(size: Size): boolean {
  return Math.min(size.width, size.height) < LEAST_SIDE;
}

/** The whole of it, as far as a square goes, from its middle. */
export function wholeOf(size: Size): Crop {
  const side = Math.min(size.width, size.height);
  return { x: (size.width - side) / 2, y: (size.height - side) / 2, side };
}

export function mostZoom(size: Size): number {
  return Math.max(1, Math.min(MOST_ZOOM, Math.min(size.width, size.height) / LEAST_SIDE));
}

/** 1: as much of it as can be. */
export function zoomOf(size: Size, crop: Crop): number {
  return Math.min(size.width, size.height) / crop.side;
}

/** Within the picture. */
function kept(size: Size, crop: Crop): Crop {
  return {
    side: crop.side,
    x: Math.min(Math.max(0, crop.x), size.width - crop.side),
    y: Math.min(Math.max(0, crop.y), size.height - crop.side),
  };
}

/** Moved by so many pixels of the picture. */
export function moved(size: Size, crop: Crop, dx: number, dy: number): Crop {
  return kept(size, { ...crop, x: crop.x + dx, y: crop.y + dy });
}

/** What is at this place of the square, each from 0 to 1, stays there. */
export function zoomed(size: Size, crop: Crop, zoom: number, at_x = 0.5, at_y = 0.5): Crop {
  const bounded = Math.min(mostZoom(size), Math.max(1, zoom));
  const side = Math.min(size.width, size.height) / bounded;
  return kept(size, {
    side,
    x: crop.x + at_x * (crop.side - side),
    y: crop.y + at_y * (crop.side - side),
  });
}
