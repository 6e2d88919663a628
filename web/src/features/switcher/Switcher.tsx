import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '@/components/Dialog';
import { Icon, type IconName } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { useChat, useStore } from '@/state/context';
import { recentRooms } from '@/state/recent';
import { openSearch } from '@/state/searching';
import { PersonAvatar } from '../people/Signs';
import { RoomSign } from '../rooms/RoomSign';
import { useOpenRoom } from '../rooms/useOpenRoom';
import { usePeopleSearch } from '../rooms/usePeopleSearch';
import { usePresence } from '../rooms/usePresence';
import { findHits, type Hit } from './hits';

/** Goes to any room or person by a few letters. */
export function Switcher({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const rooms = useStore(chat.list.rooms);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const { users } = usePeopleSearch(query);
  const [, go] = useLocation();
  const { open, error } = useOpenRoom(onClose);
  const list = useRef<HTMLDivElement>(null);
  const hits = useMemo(
    () =>
      findHits({
        query,
        rooms: [...rooms.values()],
        users: users ?? [],
        recent: recentRooms(chat.me.id),
        me: chat.me.id,
      }),
    [query, rooms, users, chat.me.id],
  );
  const presence = usePresence(hits.flatMap((hit) => hit.person?.id ?? []));
  const on = Math.min(at, hits.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list brings another place.
  useEffect(() => {
    void list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [on, hits]);

  const pick = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    if (hit.search !== undefined) {
      onClose();
      openSearch({ room: undefined, text: hit.search });
      return;
    }
    if (hit.room === undefined) return open(() => chat.openDm(hit.person?.id ?? ''));
    onClose();
    go(paths.room(hit.room.id));
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setAt((on + step + hits.length) % hits.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      pick(hits[on]);
    }
  };
  return (
    <Dialog title={i18n.t('Find or jump to')} onClose={onClose} bare className="switcher">
      <label className="switcher-field">
        <Icon name="search" />
        <input
          type="text"
          className="switcher-input"
          placeholder={i18n.t('Find or jump to…')}
          aria-label={i18n.t('Find or jump to')}
          role="combobox"
          aria-expanded="true"
          aria-controls="switcher-list"
          aria-autocomplete="list"
          aria-activedescendant={hits[on] === undefined ? undefined : `hit-${hits[on].key}`}
          autoComplete="off"
          spellCheck={false}
          value={query}
          data-autofocus
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={keyDown}
        />
      </label>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error.message}
        </p>
      )}
      <div
        className="switcher-list"
        id="switcher-list"
        ref={list}
        role="listbox"
        aria-label={i18n.t('Rooms and people')}
      >
        {hits.map((hit, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the focus and the keys.
          // biome-ignore lint/a11y/useFocusableInteractive: as above; aria-activedescendant names the chosen one.
          <div
            key={hit.key}
            id={`hit-${hit.key}`}
            role="option"
            aria-selected={index === on}
            className={hit.unread > 0 ? 'pick is-unread' : 'pick'}
            onClick={() => pick(hit)}
            onPointerMove={() => setAt(index)}
          >
            {hit.room !== undefined && hit.person === undefined ? (
              <RoomSign room={hit.room} />
            ) : hit.person === undefined ? (
              <span className="side-sign">
                <Icon name={iconOf(hit)} size={17} />
              </span>
            ) : (
              <PersonAvatar id={hit.person.id} name={hit.name} size="s" presence={presence(hit.person.id)} />
            )}
            <bdi className="pick-name">{hit.name}</bdi>
            <small className="pick-note" dir="auto">
              {hit.note}
            </small>
            {hit.unread > 0 && <span className="badge-count">{i18n.number(hit.unread)}</span>}
          </div>
        ))}
      </div>
      {hits.every((hit) => hit.search !== undefined) && (
        <p className="switcher-none">{i18n.t('Nothing is called that.')}</p>
      )}
      <p className="switcher-keys" aria-hidden="true">
        <Trans id="<0>↑</0><0>↓</0> up and down <0>Enter</0> open <0>Esc</0> close" components={{ 0: <kbd /> }} />
      </p>
    </Dialog>
  );
}

function iconOf(hit: Hit): IconName {
  return hit.search !== undefined ? 'search' : 'hash';
}
