import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { plural } from '@/lib/text';
import type { Figures } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { bytesWords } from './chart';
import { DayChart } from './DayChart';

const EVERY_MS = 30_000;

/** The server in numbers, looked at again while it is looked at. */
export function FiguresPart() {
  const { figures, error } = useFigures();
  if (figures === undefined)
    return error === undefined ? (
      <SkeletonRows count={4} tall />
    ) : (
      <p className="field-error" role="alert">
        {error}
      </p>
    );
  const { days } = figures;
  const rooms = figures.rooms_public + figures.rooms_private + figures.rooms_group;
  return (
    <>
      <dl className="tiles">
        <Tile name="Online now" value={figures.online === undefined ? '–' : figures.online.toLocaleString()} />
        <Tile
          name="People"
          value={figures.people.toLocaleString()}
          note={
            figures.disabled > 0
              ? `and ${plural(figures.disabled, 'disabled account', 'disabled accounts')}`
              : undefined
          }
        />
        <Tile
          name="Rooms"
          value={rooms.toLocaleString()}
          note={`${figures.rooms_public.toLocaleString()} public, ${figures.rooms_private.toLocaleString()} private, ${plural(figures.rooms_group, 'group', 'groups')}`}
        />
        <Tile name="Messages" value={figures.messages.toLocaleString()} />
        <Tile name="Database" value={bytesWords(figures.database_bytes)} />
        <Tile
          name="Open reports"
          value={figures.reports_open.toLocaleString()}
          note={figures.reports_open > 0 ? <Link href={paths.admin('reports')}>Look at them</Link> : undefined}
        />
      </dl>
      <DayChart
        title="Messages a day"
        unit={(count) => plural(count, 'message', 'messages')}
        bars={days.map(({ day, messages }) => ({ day, value: messages }))}
      />
      <DayChart
        title="People who wrote, a day"
        unit={(count) => plural(count, 'person', 'people')}
        bars={days.map(({ day, people }) => ({ day, value: people }))}
      />
      <p className="form-text">Days are those of UTC.</p>
    </>
  );
}

function Tile({ name, value, note }: { name: string; value: string; note?: ReactNode }) {
  return (
    <div className="tile">
      <dt>{name}</dt>
      <dd>
        {value}
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}

function useFigures(): { figures: Figures | undefined; error: string | undefined } {
  const chat = useChat();
  const [figures, setFigures] = useState<Figures>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const giveUp = new AbortController();
    const load = (): void => {
      chat.api.call('GET /admin/figures', { signal: giveUp.signal }).then(setFigures, (cause: unknown) => {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      });
    };
    load();
    const timer = setInterval(load, EVERY_MS);
    return () => {
      clearInterval(timer);
      giveUp.abort();
    };
  }, [chat]);
  return { figures, error };
}
