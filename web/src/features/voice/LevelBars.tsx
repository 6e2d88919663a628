import { useEffect, useRef } from 'react';
import type { Recording } from './recording';

const BAR_PX = 3;
const GAP_PX = 2;
const HIGH_PX = 32;

/** How loud it was just now, the last moment at the right. Whoever wants nothing to move sees none. */
export function LevelBars({ recording }: { recording: Recording | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const area = canvas.current;
    const pen = area?.getContext('2d');
    if (area === null || pen == null || recording === undefined) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    let frame = 0;
    const draw = (): void => {
      frame = requestAnimationFrame(draw);
      const scale = devicePixelRatio;
      const wide = area.clientWidth;
      area.width = wide * scale;
      area.height = HIGH_PX * scale;
      pen.scale(scale, scale);
      pen.fillStyle = getComputedStyle(area).color;
      const { levels } = recording;
      const places = Math.floor(wide / (BAR_PX + GAP_PX));
      for (let place = 0; place < places; place++) {
        const level = levels[levels.length - 1 - place] ?? 0;
        const high = Math.max(2, Math.sqrt(level) * HIGH_PX);
        pen.fillRect(wide - (place + 1) * (BAR_PX + GAP_PX), (HIGH_PX - high) / 2, BAR_PX, high);
      }
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [recording]);
  return <canvas ref={canvas} className="voice-levels" height={HIGH_PX} />;
}
