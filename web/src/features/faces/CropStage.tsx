import { i18n } from '@lingui/core';
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef } from 'react';
import { type Crop, mostZoom, moved, type Size, zoomed, zoomOf } from './crop';

/** The square that is cut out, on the screen; crop.css has it, too. */
const SQUARE_PX = 256;
/** Of the square: what an arrow key moves it by. */
const STEP = 0.04;
const ZOOM_STEP = 1.12;
const WHEEL_SPEED = 0.0016;

interface Props {
  image: HTMLImageElement;
  size: Size;
  crop: Crop;
  onCrop: (crop: Crop) => void;
}

/** The picture under a mask: moved by dragging or the arrow keys; made larger by the slider, the wheel, two fingers, + and −. */
export function CropStage({ image, size, crop, onCrop }: Props) {
  const stage = useRef<HTMLDivElement>(null);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const slider = useId();
  const now = useRef({ size, crop, onCrop });
  now.current = { size, crop, onCrop };

  // React listens to wheels passively, which would scroll the page besides.
  useEffect(() => {
    const element = stage.current;
    // The button that opened it is gone.
    element?.focus();
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { size: of, crop: from, onCrop: tell } = now.current;
      const [x, y] = placeIn(element, event.clientX, event.clientY);
      tell(zoomed(of, from, zoomOf(of, from) * Math.exp(-event.deltaY * WHEEL_SPEED), x, y));
    };
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  }, []);

  const move = (event: PointerEvent): void => {
    const before = fingers.current.get(event.pointerId);
    if (before === undefined) return;
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    const at = { x: event.clientX, y: event.clientY };
    fingers.current.set(event.pointerId, at);
    const scale = crop.side / SQUARE_PX;
    if (other === undefined) {
      onCrop(moved(size, crop, (before.x - at.x) * scale, (before.y - at.y) * scale));
      return;
    }
    const apart = (a: { x: number; y: number }): number => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
    const [x, y] = placeIn(stage.current, (at.x + other.x) / 2, (at.y + other.y) / 2);
    onCrop(zoomed(size, crop, (zoomOf(size, crop) * apart(at)) / apart(before), x, y));
  };
  const lift = (event: PointerEvent): void => void fingers.current.delete(event.pointerId);
  const key = (event: KeyboardEvent): void => {
    const step = STEP * crop.side;
    const acts: Record<string, () => Crop> = {
      ArrowLeft: () => moved(size, crop, -step, 0),
      ArrowRight: () => moved(size, crop, step, 0),
      ArrowUp: () => moved(size, crop, 0, -step),
      ArrowDown: () => moved(size, crop, 0, step),
      '+': () => zoomed(size, crop, zoomOf(size, crop) * ZOOM_STEP),
      '=': () => zoomed(size, crop, zoomOf(size, crop) * ZOOM_STEP),
      '-': () => zoomed(size, crop, zoomOf(size, crop) / ZOOM_STEP),
    };
    const act = acts[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onCrop(act());
  };
  return (
    <div className="crop-place">
      <div
        ref={stage}
        className="crop-stage"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by the arrow keys.
        tabIndex={0}
        aria-label={i18n.t('The picture. Arrow keys move it, plus and minus change its size.')}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        }}
        onPointerMove={move}
        onPointerUp={lift}
        onPointerCancel={lift}
        onKeyDown={key}
      >
        <Cut image={image} crop={crop} side={SQUARE_PX} />
        <span className="crop-mask" aria-hidden="true" />
      </div>
      <label className="visually-hidden" htmlFor={slider}>
        {i18n.t('Size')}
      </label>
      <input
        id={slider}
        type="range"
        className="crop-zoom"
        min={1}
        max={mostZoom(size)}
        step={0.01}
        disabled={mostZoom(size) === 1}
        value={zoomOf(size, crop)}
        onKeyDown={(event) => {
          // It may stand in a form, which is not meant.
          if (event.key === 'Enter') event.preventDefault();
        }}
        onChange={(event) => onCrop(zoomed(size, crop, Number(event.target.value)))}
      />
    </div>
  );
}

/** The crop as it will be seen in a list. */
export function CropPreview({ image, crop, side }: { image: HTMLImageElement; crop: Crop; side: number }) {
  return (
    <span className="crop-preview" style={{ width: side, height: side, borderRadius: side / 4 }} aria-hidden="true">
      <Cut image={image} crop={crop} side={side} />
    </span>
  );
}

/** The picture, so that its crop fills a square of `side` px; what is around it goes beyond. */
function Cut({ image, crop, side }: { image: HTMLImageElement; crop: Crop; side: number }) {
  const scale = side / crop.side;
  return (
    <img
      src={image.src}
      alt=""
      draggable={false}
      style={{
        width: image.naturalWidth * scale,
        height: image.naturalHeight * scale,
        transform: `translate(${-crop.x * scale}px, ${-crop.y * scale}px)`,
      }}
    />
  );
}

/** Where of the square a point of the screen is, each from 0 to 1. */
function placeIn(stage: HTMLElement | null, x: number, y: number): [number, number] {
  const box = stage?.getBoundingClientRect();
  if (box === undefined) return [0.5, 0.5];
  const inset_x = (box.width - SQUARE_PX) / 2;
  const inset_y = (box.height - SQUARE_PX) / 2;
  return [bounded((x - box.left - inset_x) / SQUARE_PX), bounded((y - box.top - inset_y) / SQUARE_PX)];
}

function bounded(share: number): number {
  return Math.min(1, Math.max(0, share));
}
