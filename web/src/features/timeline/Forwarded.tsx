import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { Suspense, useEffect } from 'react';
import { Link } from 'wouter';
import { Icon } from '@/components/Icon';
import { late } from '@/lib/late';
import { paths } from '@/lib/paths';
import { fullTime } from '@/lib/time';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomLabel } from '@/state/names';
import { FilesWait } from '../files/FilesWait';
import { useBlocks } from '../people/Author';
import type { Forward } from './forward';
import { MessageText } from './MessageText';

const MessageFiles = late(async () => (await import('../files/MessageFiles')).MessageFiles);

/** A message of elsewhere, within one of here. It leads to its place for who can go there. */
export function Forwarded({ forward }: { forward: Forward }) {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const room = useStore(chat.list.rooms).get(forward.room);
  const blocked = useBlocks(forward.sender);
  useEffect(() => chat.people.need([forward.sender]), [chat, forward.sender]);
  return (
    <div className="forwarded">
      <p className="forwarded-who">
        <Icon name="forward" size={14} />
        <span>
          <Trans
            id="Forwarded from <0>{person}</0>"
            values={{ person: nameOf(users.get(forward.sender)) }}
            components={{ 0: <bdi /> }}
          />
        </span>
        {room !== undefined && (
          <Link href={paths.message(forward.room, forward.seq)} title={fullTime(forward.ts)}>
            <bdi>{roomLabel(room)}</bdi>
          </Link>
        )}
      </p>
      {(blocked || forward.body !== '') && (
        <div className="msg-text">
          {blocked ? <i>{i18n.t('Message of a blocked person')}</i> : <MessageText text={forward.body} />}
        </div>
      )}
      {!blocked && forward.files.length > 0 && (
        <Suspense fallback={<FilesWait files={forward.files} />}>
          <MessageFiles files={forward.files} room={forward.room} />
        </Suspense>
      )}
    </div>
  );
}
