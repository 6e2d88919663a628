import { i18n } from '@lingui/core';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { saidOf } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { uuid } from '@/lib/uuid';
import type { Event } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { recentRooms } from '@/state/recent';
import { PersonAvatar } from '../people/Signs';
import { roomIcon } from '../rooms/roomIcon';
import { usePeopleSearch } from '../rooms/usePeopleSearch';
import { findHits, type Hit } from '../switcher/hits';
import { wordsOf } from './LaterRow';
import './later.css';

const SHOWN = 8;

/** Sends a copy of a message to a room or a person, with a comment or without. */
export function ForwardDialog({ event, onClose }: { event: Event; onClose: () => void }) {
  const chat = useChat();
  const [, go] = useLocation();
  const rooms = useStore(chat.list.rooms);
  const users = useStore(chat.people.users);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [goal, setGoal] = useState<Hit>();
  const [comment, setComment] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const cmid = useRef(uuid());
  const { users: found } = usePeopleSearch(query);
  const hits = useMemo(
    () =>
      findHits({
        query,
        rooms: [...rooms.values()].filter((room) => room.archived_at === undefined),
        users: found ?? [],
        recent: recentRooms(chat.me.id),
        me: chat.me.id,
      })
        .filter((hit) => hit.search === undefined)
        .slice(0, SHOWN),
    [query, rooms, found, chat.me.id],
  );
  const on = Math.min(at, hits.length - 1);
  const keyDown = (press: KeyboardEvent): void => {
    if (press.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[press.key];
    if (step !== undefined && hits.length > 0) {
      press.preventDefault();
      setAt((on + step + hits.length) % hits.length);
    } else if (press.key === 'Enter' && hits[on] !== undefined) {
      press.preventDefault();
      setGoal(hits[on]);
    }
  };
  const send = async (): Promise<void> => {
    if (goal === undefined || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const room = goal.room ?? (await chat.openDm(goal.person?.id ?? ''));
      const words = comment.trim();
      const body = {
        cmid: cmid.current,
        from_room: event.room,
        from_seq: event.seq,
        ...(words === '' ? {} : { body: words }),
      };
      await chat.api.call('POST /rooms/{room}/forwards', { params: { room: room.id }, body });
      onClose();
      go(paths.room(room.id));
    } catch (cause) {
      setError(saidOf(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={i18n.t('Forward')} onClose={onClose} className="forward-sheet">
      <p className="quote">
        <bdi className="quote-who">{nameOf(users.get(event.sender))}</bdi>
        <span className="quote-text">{wordsOf(event)}</span>
      </p>
      {goal === undefined ? (
        <>
          <input
            type="text"
            className="form-control"
            placeholder={i18n.t('To a room or a person…')}
            aria-label={i18n.t('Forward to')}
            role="combobox"
            aria-expanded="true"
            aria-controls="forward-list"
            aria-autocomplete="list"
            aria-activedescendant={hits[on] === undefined ? undefined : `goal-${hits[on].key}`}
            autoComplete="off"
            spellCheck={false}
            value={query}
            data-autofocus
            onChange={(change) => {
              setQuery(change.target.value);
              setAt(0);
            }}
            onKeyDown={keyDown}
          />
          <div className="forward-list" id="forward-list" role="listbox" aria-label={i18n.t('Rooms and people')}>
            {hits.map((hit, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the focus and the keys.
              // biome-ignore lint/a11y/useFocusableInteractive: as above; aria-activedescendant names the chosen one.
              <div
                key={hit.key}
                id={`goal-${hit.key}`}
                role="option"
                aria-selected={index === on}
                className="pick"
                onClick={() => setGoal(hit)}
                onPointerMove={() => setAt(index)}
              >
                <Sign hit={hit} />
                <bdi className="pick-name">{hit.name}</bdi>
                <small className="pick-note">{hit.note}</small>
              </div>
            ))}
            {hits.length === 0 && found !== undefined && (
              <p className="switcher-none">{i18n.t('Nothing is called that.')}</p>
            )}
          </div>
        </>
      ) : (
        <Goal hit={goal} onOther={() => setGoal(undefined)} />
      )}
      {goal !== undefined && (
        <textarea
          className="form-control forward-comment"
          rows={2}
          placeholder={i18n.t('Add a comment, or none')}
          aria-label={i18n.t('Comment')}
          value={comment}
          autoFocus
          onChange={(change) => setComment(change.target.value)}
        />
      )}
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          {i18n.t('Cancel')}
        </button>
        <Button type="button" className="btn btn-primary" off={goal === undefined || busy} onClick={() => void send()}>
          {i18n.t('Forward')}
        </Button>
      </div>
    </Dialog>
  );
}

function Sign({ hit }: { hit: Hit }) {
  if (hit.person !== undefined) return <PersonAvatar id={hit.person.id} name={hit.name} size="s" />;
  return (
    <span className="side-sign">
      <Icon name={hit.room === undefined ? 'hash' : roomIcon(hit.room)} size={17} />
    </span>
  );
}

function Goal({ hit, onOther }: { hit: Hit; onOther: () => void }) {
  return (
    <p className="forward-goal">
      <span>{i18n.t({ id: 'To (whom)', message: 'To', comment: 'Before a room or a person' })}</span>
      <Sign hit={hit} />
      <bdi className="pick-name">{hit.name}</bdi>
      <button type="button" className="btn-link" onClick={onOther}>
        {i18n.t('Change')}
      </button>
    </p>
  );
}
