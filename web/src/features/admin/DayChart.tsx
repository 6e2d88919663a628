import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { useId, useState } from 'react';
import { dateWords } from '@/lib/time';
import { niceTop } from './chart';

export interface Bar {
  day: string;
  value: number;
}

/** In units of the drawing, which grows with the place it has. */
const WIDTH = 600;
const HEIGHT = 180;
const LEFT = 44;
const BOTTOM = 22;
const TOP = 10;
const GAP = 0.28;
/** Every so many days has its name below. */
const NAMED = 7;

function dayWords(day: string): string {
  return dateWords(Date.parse(`${day}T00:00:00Z`), { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

/** A bar a day. The one that is pointed at, or else the last, is told in words above; screen readers get a table. */
export function DayChart({ title, unit, bars }: { title: string; unit: (count: number) => string; bars: Bar[] }) {
  const [at, setAt] = useState<number>();
  const id = useId();
  const top = niceTop(Math.max(0, ...bars.map((bar) => bar.value)));
  const step = (WIDTH - LEFT) / Math.max(1, bars.length);
  const yOf = (value: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const told = bars[at ?? bars.length - 1];
  return (
    <figure className="day-chart" aria-labelledby={id}>
      <figcaption>
        <span id={id}>{title}</span>
        {told !== undefined && (
          <span className="day-chart-told">
            {at === undefined ? (
              <Trans id="Today: <0>{figure}</0>" values={{ figure: unit(told.value) }} components={{ 0: <b /> }} />
            ) : (
              <Trans
                id="{day}: <0>{figure}</0>"
                values={{ day: dayWords(told.day), figure: unit(told.value) }}
                components={{ 0: <b /> }}
              />
            )}
          </span>
        )}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" onPointerLeave={() => setAt(undefined)}>
        {[0, top / 2, top].map((value) => (
          <g key={value}>
            <line className="day-chart-line" x1={LEFT} x2={WIDTH} y1={yOf(value)} y2={yOf(value)} />
            <text className="day-chart-word" x={LEFT - 8} y={yOf(value) + 4} textAnchor="end">
              {value.toLocaleString(i18n.locale, { notation: 'compact' })}
            </text>
          </g>
        ))}
        {bars.map((bar, place) => {
          const x = LEFT + place * step;
          const named = (bars.length - 1 - place) % NAMED === 0;
          return (
            <g key={bar.day} onPointerEnter={() => setAt(place)} className={at === place ? 'is-on' : undefined}>
              <rect className="day-chart-place" x={x} y={TOP} width={step} height={HEIGHT - TOP - BOTTOM} />
              {bar.value > 0 && (
                <rect
                  className="day-chart-bar"
                  x={x + (step * GAP) / 2}
                  y={Math.min(yOf(bar.value), yOf(0) - 2)}
                  width={step * (1 - GAP)}
                  height={Math.max(2, yOf(0) - yOf(bar.value))}
                  rx={2.5}
                />
              )}
              {named && (
                <text className="day-chart-word" x={x + step / 2} y={HEIGHT - 5} textAnchor="middle">
                  {dayWords(bar.day)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <table className="visually-hidden">
        <caption>{title}</caption>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.day}>
              <th scope="row">{bar.day}</th>
              <td>{bar.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
