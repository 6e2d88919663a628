import { i18n } from '@lingui/core';
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { PersonAvatar } from '../people/Signs';
import { groupName, groupOf, MOST_PEOPLE } from './group';
import { useOpenRoom } from './useOpenRoom';
import { usePeopleSearch } from './usePeopleSearch';
import { usePresence } from './usePresence';
import './newMessage.css';

/** Chooses whom to write to: one person opens the conversation of two, several a group. */
export function NewMessage({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [name, setName] = useState('');
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  const found = usePeopleSearch(query);
  const { open, busy, error } = useOpenRoom(onClose);
  const users = found.users?.filter((user) => user.id !== chat.me.id && !chosen.some((one) => one.id === user.id));
  const presence = usePresence((users ?? []).map((user) => user.id));
  const [first, second] = chosen;
  const choose = (user: User): void => {
    if (chosen.length < MOST_PEOPLE) setChosen([...chosen, user]);
    setQuery('');
    box.current?.focus();
  };
  const drop = (user: User): void => {
    setChosen(chosen.filter((one) => one !== user));
    box.current?.focus();
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Backspace' && query === '' && chosen.length > 0) setChosen(chosen.slice(0, -1));
    if (event.key !== 'Enter' || query.trim() === '') return;
    event.preventDefault();
    const [best] = users ?? [];
    if (best !== undefined) choose(best);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (first === undefined) return;
    open(async () => {
      if (second === undefined) return await chat.openDm(first.id);
      const own = name.trim();
      const same = own === '' ? await groupOf(chat, chosen) : undefined;
      if (same !== undefined) return same;
      const members = chosen.map((user) => user.id);
      return await chat.createRoom({
        kind: 'group',
        name: own === '' ? groupName([chat.me, ...chosen]) : own,
        members,
      });
    });
  };
  const problem = error?.message ?? found.error;
  return (
    <Dialog title={i18n.t('New message')} onClose={onClose} className="sheet-tall">
      <form className="new-message" onSubmit={submit}>
        <label className="people-field" htmlFor={id}>
          <span className="people-to">{i18n.t({ id: 'To', comment: 'Before the people a message goes to' })}</span>
          {chosen.map((user) => (
            <span key={user.id} className="people-chip">
              <PersonAvatar id={user.id} name={user.display_name} size="s" />
              <bdi>{user.display_name}</bdi>
              <button
                type="button"
                aria-label={i18n.t('Not {person}', { person: user.display_name })}
                onClick={() => drop(user)}
              >
                <Icon name="close" size={13} />
              </button>
            </span>
          ))}
          <input
            ref={box}
            id={id}
            type="text"
            aria-label={i18n.t('Name or user name')}
            placeholder={chosen.length === 0 ? i18n.t('Name or user name') : ''}
            value={query}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={keyDown}
          />
        </label>
        {second !== undefined && (
          <input
            className="form-control group-name"
            aria-label={i18n.t('Name of the group')}
            placeholder={i18n.t('Name of the group (optional)')}
            maxLength={80}
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        )}
        {problem !== undefined && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
        <ul className="pick-list">
          {users?.map((user) => (
            <li key={user.id}>
              <button type="button" className="pick pick-button" onClick={() => choose(user)}>
                <PersonAvatar id={user.id} name={user.display_name} presence={presence(user.id)} />
                <span className="pick-text">
                  <bdi className="pick-name">{user.display_name}</bdi>
                  <small>
                    <bdi>@{user.username}</bdi>
                  </small>
                </span>
              </button>
            </li>
          ))}
        </ul>
        {users === undefined && problem === undefined && <SkeletonRows count={5} />}
        {users?.length === 0 && <Nobody query={query} chosen={chosen.length} />}
        <div className="sheet-foot">
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {i18n.t('Cancel')}
          </button>
          <Button type="submit" className="btn btn-primary" off={busy || first === undefined}>
            {second === undefined
              ? i18n.t({ id: 'Write', comment: 'Button: a message to somebody' })
              : i18n.t('Start a group of {count}', { count: chosen.length + 1 })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Nobody({ query, chosen }: { query: string; chosen: number }) {
  if (query !== '') {
    return (
      <Empty icon="search" title={i18n.t('Nobody is called that.')}>
        <p>{i18n.t('A part of a name is enough.')}</p>
      </Empty>
    );
  }
  if (chosen > 0) return null;
  return (
    <Empty icon="people" title={i18n.t('Nobody else is here yet.')}>
      <p>{i18n.t('Send people the address of this page; they can make an account themselves.')}</p>
    </Empty>
  );
}
