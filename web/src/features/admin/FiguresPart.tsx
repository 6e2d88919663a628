import { i18n } from '@lingui/core';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
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
        <Tile
          name={i18n.t('Online now')}
          value={figures.online === undefined ? '–' : figures.online.toLocaleString(i18n.locale)}
        />
        <Tile
          name={i18n.t('People')}
          value={figures.people.toLocaleString(i18n.locale)}
          note={
            figures.disabled > 0
              ? i18n.t('{count, plural, one {and # disabled account} other {and # disabled accounts}}', {
                  count: figures.disabled,
                })
              : undefined
          }
        />
        <Tile
          name={i18n.t('Rooms')}
          value={rooms.toLocaleString(i18n.locale)}
          note={i18n.t(
            '{public, number} public, {private, number} private, {groups, plural, one {# group} other {# groups}}',
            { public: figures.rooms_public, private: figures.rooms_private, groups: figures.rooms_group },
          )}
        />
        <Tile name={i18n.t('Messages')} value={figures.messages.toLocaleString(i18n.locale)} />
        <Tile name={i18n.t('Database')} value={bytesWords(figures.database_bytes)} />
        <Tile
          name={i18n.t('Open reports')}
          value={figures.reports_open.toLocaleString(i18n.locale)}
          note={
            figures.reports_open > 0 ? <Link href={paths.admin('reports')}>{i18n.t('Look at them')}</Link> : undefined
          }
        />
      </dl>
      <DayChart
        title={i18n.t('Messages per day')}
        unit={(count) => i18n.t('{count, plural, one {# message} other {# messages}}', { count })}
        bars={days.map(({ day, messages }) => ({ day, value: messages }))}
      />
      <DayChart
        title={i18n.t('Active writers per day')}
        unit={(count) => i18n.t('{count, plural, one {# person} other {# people}}', { count })}
        bars={days.map(({ day, people }) => ({ day, value: people }))}
      />
      <p className="form-text">{i18n.t('Days are those of UTC.')}</p>
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
