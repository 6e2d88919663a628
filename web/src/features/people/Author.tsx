import { i18n } from '@lingui/core';
import { use, useCallback, useSyncExternalStore } from 'react';
import { Avatar } from '@/components/Avatar';
import type { User } from '@/protocol/ops.gen';
import { SessionContext } from '@/state/context';
import { PersonButton } from './PersonCard';
import { BotSign, StatusSign } from './Signs';

const nothing = (): (() => void) => () => {};

/** A person who is known already, as authors are: nothing is asked for. */
function useAuthor(id: string): User | undefined {
  const people = use(SessionContext)?.chat.people;
  const read = useCallback(() => people?.get(id), [people, id]);
  return useSyncExternalStore(people?.users.subscribe ?? nothing, read, read);
}

/** Whether I block this person. */
export function useBlocks(id: string): boolean {
  const account = use(SessionContext)?.chat.account;
  const read = useCallback(() => account?.blocks(id) ?? false, [account, id]);
  return useSyncExternalStore(account?.blocked.subscribe ?? nothing, read, read);
}

/** The badge of a message's author; opens the card. The name beside it is what the keyboard comes to. */
export function AuthorBadge({ id, name }: { id: string; name: string }) {
  const user = useAuthor(id);
  return (
    <PersonButton id={id} tabIndex={-1}>
      <span className="visually-hidden">{i18n.t('About {name}', { name })}</span>
      <Avatar id={id} name={name} colour={user?.colour} picture={user?.picture} />
    </PersonButton>
  );
}

export function AuthorName({ id, name }: { id: string; name: string }) {
  const user = useAuthor(id);
  return (
    <>
      <PersonButton id={id} className="msg-name">
        <bdi>{name}</bdi>
      </PersonButton>
      <BotSign user={user} />
      {user?.status !== undefined && <StatusSign id={id} />}
    </>
  );
}
