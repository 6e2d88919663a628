import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import { soon } from '@/lib/soon';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { newcomer } from '@/state/newcomer';
import { PersonAvatar } from '../people/Signs';
import { RoomSign } from '../rooms/RoomSign';

const AddPerson = soon(async () => (await import('../opened')).AddPerson);

/** What stands above the first message of a room. */
export function RoomIntro({ room }: { room: Room }) {
  const { me } = useChat();
  const name = roomName(room);
  if (room.kind === 'dm') {
    const peer = room.peer ?? me;
    return (
      <div className="intro">
        <PersonAvatar id={peer.id} name={peer.display_name} size="l" />
        <p className="intro-name">
          <bdi>{name}</bdi>
        </p>
        <p>
          {room.peer === undefined || room.peer.id === me.id
            ? i18n.t('A place for notes that only you can read.')
            : i18n.t(
                'This is the beginning of your conversation with {person} (@{username}). Only the two of you can read it.',
                { person: name, username: peer.username },
              )}
        </p>
      </div>
    );
  }
  return (
    <div className="intro">
      <RoomSign room={room} size={26} className="intro-badge" />
      <p className="intro-name">
        <bdi>{name}</bdi>
      </p>
      {room.topic !== '' && (
        <p className="intro-topic" dir="auto">
          {room.topic}
        </p>
      )}
      <p>
        {room.kind === 'public'
          ? i18n.t('This is where the room begins. Anyone here can find and join it.')
          : i18n.t('This is where the room begins. Only people who were added can read it.')}
      </p>
      <Invite room={room} />
    </div>
  );
}

const COPIED_MS = 2_000;

/** How a second person gets in. Who is alone is told so. */
function Invite({ room }: { room: Room }) {
  const { me } = useChat();
  // The newcomer's card below offers the same.
  const offered = useStore(newcomer) === me.id;
  const [adding, setAdding] = useState(false);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const alone = room.member_count <= 1;
  const address = `${location.origin}${paths.room(room.id)}`;
  return (
    <>
      {alone && (
        <p>
          {room.kind === 'public'
            ? i18n.t('You are the only one in it so far. Send somebody the link; they can make an account themselves.')
            : i18n.t('You are the only one in it so far.')}
        </p>
      )}
      {!offered && (
        <div className="intro-ways">
          {room.kind === 'public' && (
            <button
              type="button"
              className={alone ? 'btn btn-primary' : 'btn btn-quiet'}
              onClick={() => void copyText(address).then(setCopied)}
            >
              <Icon name={copied ? 'check' : 'link'} size={17} />
              {copied ? i18n.t('Copied') : i18n.t('Copy invite link')}
            </button>
          )}
          <button
            type="button"
            className={alone && room.kind !== 'public' ? 'btn btn-primary' : 'btn btn-quiet'}
            onClick={() => setAdding(true)}
          >
            <Icon name="add_person" size={17} />
            {i18n.t('Add people')}
          </button>
        </div>
      )}
      {adding && <AddPerson room={room} onClose={() => setAdding(false)} />}
    </>
  );
}
