import { i18n } from '@lingui/core';
import { use } from 'react';
import { Link, useLocation } from 'wouter';
import { paths } from '@/lib/paths';
import { SessionContext } from '@/state/context';
import { GroupChip } from '../groups/GroupChip';
import { callsMany, useGroupNamed, usePersonNamed, useRoomNamed } from './names';

/** A name after a sign: a chip when somebody or somewhere is called that, else the words as they are. */
export function Mention({ sign, name }: { sign: '@' | '#'; name: string }) {
  return sign === '@' ? <PersonMention name={name} /> : <RoomMention name={name} />;
}

function PersonMention({ name }: { name: string }) {
  const chat = use(SessionContext)?.chat;
  const [, go] = useLocation();
  const user = usePersonNamed(name);
  const group = useGroupNamed(name);
  if (chat !== undefined && callsMany(name)) return <span className="chip chip-me">@{name}</span>;
  if (chat !== undefined && group !== undefined) return <GroupChip named={group} name={name} />;
  if (chat === undefined || user === undefined) return `@${name}`;
  if (user.id === chat.me.id) return <span className="chip chip-me">@{user.username}</span>;
  const write = async (): Promise<void> => {
    try {
      go(paths.room((await chat.openDm(user.id)).id));
    } catch {
      // The line is down or they are gone; the way by the sidebar says which.
    }
  };
  return (
    <button
      type="button"
      className="chip"
      title={i18n.t('Write to {person}', { person: user.display_name })}
      onClick={() => void write()}
    >
      @{user.username}
    </button>
  );
}

function RoomMention({ name }: { name: string }) {
  const room = useRoomNamed(name);
  if (room === undefined) return `#${name}`;
  return (
    <Link href={paths.room(room)} className="chip">
      #{name}
    </Link>
  );
}
