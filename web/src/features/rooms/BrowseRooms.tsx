import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { saidOf } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Empty } from '@/components/Empty';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { useLatestOnly } from '@/lib/useLatestOnly';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { RoomSign } from './RoomSign';
import { useOpenRoom } from './useOpenRoom';

const PAGE = 50;
const PAUSE_MS = 150;

export function BrowseRooms({ onClose, onNew }: { onClose: () => void; onNew: () => void }) {
  const chat = useChat();
  const mine = useStore(chat.list.rooms);
  const [, go] = useLocation();
  const [query, setQuery] = useState('');
  const { rooms, complete, error, more } = useDirectory(query.trim());
  const joining = useOpenRoom(onClose);
  const visit = (room: Room): void => {
    if (!mine.has(room.id)) return joining.open(() => chat.join(room.id));
    onClose();
    go(paths.room(room.id));
  };
  return (
    <Dialog title={i18n.t('Browse rooms')} onClose={onClose} className="sheet-tall">
      <input
        type="search"
        className="form-control"
        placeholder={i18n.t('Find a room by name')}
        aria-label={i18n.t('Find a room by name')}
        value={query}
        data-autofocus
        onChange={(event) => setQuery(event.target.value)}
      />
      {(error ?? joining.error?.message) !== undefined && (
        <p className="field-error" role="alert">
          {error ?? joining.error?.message}
        </p>
      )}
      <ul className="pick-list">
        {rooms?.map((room) => (
          <li className="pick" key={room.id}>
            <RoomSign room={room} />
            <span className="pick-text">
              <bdi className="pick-name">{room.name}</bdi>
              <small className="pick-facts">
                {i18n.t('{count, plural, one {# member} other {# members}}', { count: room.member_count })}
                {room.topic !== '' && (
                  <>
                    {' · '}
                    <bdi>{room.topic}</bdi>
                  </>
                )}
              </small>
            </span>
            <Button
              type="button"
              className={mine.has(room.id) ? 'btn btn-quiet' : 'btn btn-primary'}
              off={joining.busy}
              aria-label={
                mine.has(room.id)
                  ? i18n.t('Open {room}', { room: room.name })
                  : i18n.t('Join {room}', { room: room.name })
              }
              onClick={() => visit(room)}
            >
              {mine.has(room.id) ? i18n.t('Open') : i18n.t('Join')}
            </Button>
          </li>
        ))}
      </ul>
      {rooms === undefined && error === undefined && <SkeletonRows count={4} />}
      {rooms?.length === 0 && (
        <Empty
          icon="compass"
          title={query === '' ? i18n.t('There are no public rooms yet.') : i18n.t('No room is called that.')}
        >
          <button type="button" className="btn btn-primary" onClick={onNew}>
            {i18n.t('Make a room')}
          </button>
        </Empty>
      )}
      {!complete && (
        <button type="button" className="btn btn-quiet" onClick={more}>
          {i18n.t('Show more')}
        </button>
      )}
    </Dialog>
  );
}

function useDirectory(query: string) {
  const chat = useChat();
  const [rooms, setRooms] = useState<Room[]>();
  const [complete, setComplete] = useState(true);
  const [error, setError] = useState<string>();
  const begin = useLatestOnly();
  const load = async (before: Room[]): Promise<void> => {
    const signal = begin();
    try {
      const after = before.at(-1)?.name;
      const args = { limit: PAGE, ...(query === '' ? {} : { query }), ...(after === undefined ? {} : { after }) };
      const page = await chat.api.call('GET /rooms/directory', { query: args, signal });
      setRooms([...before, ...page.rooms]);
      setComplete(page.complete);
      setError(undefined);
    } catch (cause) {
      if (signal.aborted) return;
      setError(saidOf(cause));
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new query is what asks again.
  useEffect(() => {
    const timer = setTimeout(() => void load([]), query === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  return { rooms, complete, error, more: () => void load(rooms ?? []) };
}
