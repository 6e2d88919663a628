import { i18n } from '@lingui/core';
import type { ReactNode } from 'react';
import type { User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { Pages } from '../admin/Pages';
import { usePages } from '../admin/usePages';
import { usePersonCard } from '../people/PersonCard';
import { BotSign, PersonAvatar } from '../people/Signs';
import { usePresence } from '../rooms/usePresence';

const PAGE = 50;

/** Who is in a group, a page at a time; `turn` asks anew. */
export function GroupMembers(props: { id: string; turn?: number; end?: (user: User) => ReactNode }) {
  const { id, turn = 0, end } = props;
  const chat = useChat();
  const open = usePersonCard();
  const pages = usePages<User>(`${id} ${turn}`, async (held, signal) => {
    const after = held.at(-1)?.id;
    const query = { group: id, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const { users, complete } = await chat.api.call('GET /users', { query, signal });
    chat.people.put(users);
    return { rows: users, complete };
  });
  const presence = usePresence(pages.rows?.map((user) => user.id) ?? []);
  return (
    <Pages pages={pages} icon="people" none={i18n.t('Nobody is in this group.')}>
      <ul className="group-people">
        {pages.rows?.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              className="pick pick-button"
              aria-haspopup="dialog"
              onClick={(event) => open(user.id, event.currentTarget)}
            >
              <PersonAvatar id={user.id} name={user.display_name} presence={presence(user.id)} />
              <span className="pick-text">
                <span className="pick-name" dir="auto">
                  <bdi>{user.display_name}</bdi> <BotSign user={user} />
                </span>
                <small>
                  <bdi>@{user.username}</bdi>
                </small>
              </span>
            </button>
            {end?.(user)}
          </li>
        ))}
      </ul>
    </Pages>
  );
}

export function peopleWords(count: number): string {
  return i18n.t('{count, plural, one {# person} other {# people}}', { count });
}
