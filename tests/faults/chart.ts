import type { Span, Tally } from './tally.ts';
import type { Sample } from './watch.ts';

const WIDTH = 1400;
const PLOT = { left: 50, right: 20, height: 220 };
const NAMES_HEIGHT = 150;
const MEMORY_HEIGHT = 90;
const GAP = 30;

/** Sends and acks a second over the run, with what was broken when, and below it the memory of the processes. */
export function chartOf(tally: Tally, samples: readonly Sample[]): string {
  const seconds = Math.max(tally.sent.length, tally.acked.length, 1);
  const x = (second: number): number => PLOT.left + (second / seconds) * (WIDTH - PLOT.left - PLOT.right);
  const top = NAMES_HEIGHT;
  const bottom = top + PLOT.height;
  const most = Math.max(1, ...filled(tally.sent), ...filled(tally.acked));
  const y = (count: number): number => bottom - (count / most) * PLOT.height;
  const path = (counts: readonly number[], color: string): string =>
    `<polyline fill="none" stroke="${color}" stroke-width="1.2" points="${Array.from({ length: seconds }, (_, i) => `${x(i).toFixed(1)},${y(counts[i] ?? 0).toFixed(1)}`).join(' ')}"/>`;
  const height = bottom + GAP + MEMORY_HEIGHT + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="10">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...tally.spans.map((span) => band(span, x, top, bottom)),
    path(tally.sent, '#999'),
    path(tally.acked, '#0a6'),
    `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${bottom}" y2="${bottom}" stroke="#333"/>`,
    `<text x="${PLOT.left - 6}" y="${top + 8}" text-anchor="end">${most}/s</text>`,
    `<text x="${PLOT.left}" y="${bottom + 14}">sent (grey) and acknowledged (green) a second; memory in MB below</text>`,
    memory(samples, x, bottom + GAP),
    '</svg>',
    '',
  ].join('\n');
}

const filled = (counts: readonly number[]): number[] => Array.from(counts, (count) => count ?? 0);

function band({ begin, healed, name, recovered }: Span, x: (s: number) => number, top: number, bottom: number): string {
  const from = x(begin / 1000);
  const until = (end: number): number => Math.max(1, x((Number.isNaN(end) ? begin : end) / 1000) - from);
  const box = (end: number, fill: string): string =>
    `<rect x="${from.toFixed(1)}" y="${top}" width="${until(end).toFixed(1)}" height="${bottom - top}" fill="${fill}"/>`;
  const place = `translate(${(from + 6).toFixed(1)},${top - 4}) rotate(-60)`;
  return `${box(recovered, '#eef')}${box(healed, '#ccd')}<text transform="${place}">${name}</text>`;
}

function memory(samples: readonly Sample[], x: (s: number) => number, top: number): string {
  const names = [...new Set(samples.flatMap((sample) => Object.keys(sample.rss_mb)))];
  const most = Math.max(1, ...samples.flatMap((sample) => Object.values(sample.rss_mb)));
  const lines = names.map((name, i) => {
    const points = samples.flatMap(({ at, rss_mb }) => {
      const mb = rss_mb[name];
      const y = top + MEMORY_HEIGHT * (1 - (mb ?? 0) / most);
      return mb === undefined ? [] : [`${x(at / 1000).toFixed(1)},${y.toFixed(1)}`];
    });
    const color = `hsl(${(i * 360) / names.length} 70% 40%)`;
    const label = `<text x="${PLOT.left + i * 110}" y="${top + MEMORY_HEIGHT + 14}" fill="${color}">${name}</text>`;
    return `<polyline fill="none" stroke="${color}" points="${points.join(' ')}"/>${label}`;
  });
  return `<text x="${PLOT.left - 6}" y="${top + 8}" text-anchor="end">${most.toFixed(0)}</text>${lines.join('')}`;
}
