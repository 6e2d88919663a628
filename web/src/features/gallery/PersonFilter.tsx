import { i18n } from '@lingui/core';
import { useState } from 'react';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { useMembers } from '../members/useMembers';
import { PersonAvatar } from '../people/Signs';

interface Props {
  room: Room;
  /** Whose files are shown; empty: everybody's. */
  from: string;
  onChoose: (user: string) => void;
}

/** Whose files: of anybody, or of one member. */
export function PersonFilter({ room, from, onChoose }: Props) {
  const users = useStore(useChat().people.users);
  const [anchor, setAnchor] = useState<Anchor>();
  const chosen = from === '' ? undefined : nameOf(users.get(from));
  return (
    <>
      <button
        type="button"
        className={chosen === undefined ? 'gallery-person' : 'gallery-person is-on'}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        aria-label={chosen === undefined ? i18n.t('From anybody') : i18n.t('From {person}', { person: chosen })}
        onClick={(press) => setAnchor(press.currentTarget.getBoundingClientRect())}
      >
        <Icon name="people" size={16} />
        <bdi>{chosen ?? i18n.t('Anybody')}</bdi>
        <Icon name="fold" size={16} />
      </button>
      {anchor !== undefined && (
        <Floating
          label={i18n.t('Whose files')}
          anchor={anchor}
          onClose={() => setAnchor(undefined)}
          className="menu-floating"
        >
          <People
            room={room}
            from={from}
            onChoose={(user) => {
              setAnchor(undefined);
              onChoose(user);
            }}
          />
        </Floating>
      )}
    </>
  );
}

/** More are found by typing. */
const MOST = 50;

function People({ room, from, onChoose }: Props) {
  const { members, error } = useMembers(room);
  const [text, setText] = useState('');
  const typed = text.trim().toLowerCase();
  const fitting = (members ?? []).filter(({ user }) =>
    `${user.display_name}\n${user.username}`.toLowerCase().includes(typed),
  );
  return (
    <div className="gallery-people">
      <input
        type="text"
        className="form-control"
        aria-label={i18n.t('Name of a person')}
        placeholder={i18n.t('Name of a person')}
        autoComplete="off"
        spellCheck={false}
        maxLength={80}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="gallery-people-list">
        <button type="button" className="side-row" aria-pressed={from === ''} onClick={() => onChoose('')}>
          <span className="side-sign">
            <Icon name="people" size={17} />
          </span>
          <span className="side-name">{i18n.t('Anybody')}</span>
        </button>
        {members === undefined && error === undefined && <SkeletonRows count={3} />}
        {error !== undefined && <p className="side-note">{error}</p>}
        {fitting.slice(0, MOST).map(({ user }) => (
          <button
            type="button"
            className="side-row"
            key={user.id}
            aria-pressed={from === user.id}
            onClick={() => onChoose(user.id)}
          >
            <PersonAvatar id={user.id} name={user.display_name} size="s" />
            <span className="side-name">
              <bdi>{user.display_name}</bdi>
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}
