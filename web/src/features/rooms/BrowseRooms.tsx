import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { ApiError } from '@/client/error';
import { Dialog } from '@/components/Dialog';
import { Empty } from '@/components/Empty';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { plural } from '@/lib/text';
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
    <Dialog title="Browse rooms" onClose={onClose} className="sheet-tall">
      <input
        type="search"
        className="form-control"
        placeholder="Find a room by name"
        aria-label="Find a room by name"
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
              <small>
                {plural(room.member_count, 'member', 'members')}
                {room.topic !== '' && ` · ${room.topic}`}
              </small>
            </span>
            <button
              type="button"
              className={mine.has(room.id) ? 'btn btn-quiet' : 'btn btn-primary'}
              disabled={joining.busy}
              aria-label={`${mine.has(room.id) ? 'Open' : 'Join'} ${room.name}`}
              onClick={() => visit(room)}
            >
              {mine.has(room.id) ? 'Open' : 'Join'}
            </button>
          </li>
        ))}
      </ul>
      {rooms === undefined && error === undefined && <SkeletonRows count={4} />}
      {rooms?.length === 0 && (
        <Empty icon="compass" title={query === '' ? 'There are no public rooms yet.' : 'No room is called that.'}>
          <button type="button" className="btn btn-primary" onClick={onNew}>
            Make a room
          </button>
        </Empty>
      )}
      {!complete && (
        <button type="button" className="btn btn-quiet" onClick={more}>
          Show more
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
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new query is what asks again.
  useEffect(() => {
    const timer = setTimeout(() => void load([]), query === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  return { rooms, complete, error, more: () => void load(rooms ?? []) };
}
