import { i18n } from '@lingui/core';
import { useMemo, useRef, useState } from 'react';
import { saidOf } from '@/client/error';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { usePanel } from '@/components/usePanel';
import type { Member, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { may } from '@/state/rights';
import { usePersonCard } from '../people/PersonCard';
import { BotOf, PersonAvatar, StatusSign } from '../people/Signs';
import { FindPerson } from '../rooms/FindPerson';
import { usePresence } from '../rooms/usePresence';
import { LeaveRoom } from './LeaveRoom';
import { MemberMenu } from './MemberMenu';
import { useMembers } from './useMembers';

const GROUPS = [
  { state: 'online', title: /*i18n*/ { id: 'Here' } },
  { state: 'away', title: /*i18n*/ { id: 'Away' } },
  { state: 'offline', title: /*i18n*/ { id: 'Not here' } },
] as const;

export function MembersPanel({ room, onClose }: { room: Room; onClose: () => void }) {
  const chat = useChat();
  const { members, error, again } = useMembers(room);
  const ids = useMemo(() => members?.map((member) => member.user.id) ?? [], [members]);
  const presence = usePresence(ids);
  const [adding, setAdding] = useState(false);
  const card = usePersonCard();
  const panel = useRef<HTMLElement>(null);
  usePanel(panel, onClose, true);
  return (
    <aside ref={panel} className="panel" aria-label={i18n.t('Members')}>
      <header className="top">
        <h2>{i18n.t('Members')}</h2>
        <p>{i18n.number(room.member_count)}</p>
        <div className="top-tools">
          <button type="button" className="btn-icon" aria-label={i18n.t('Close members')} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
      </header>
      <div className="panel-body">
        {may(room, 'add_member') && room.archived_at === undefined && (
          <button type="button" className="side-row side-more" onClick={() => setAdding(true)}>
            <span className="side-sign">
              <Icon name="add_person" size={17} />
            </span>
            <span className="side-name">{i18n.t('Add a person')}</span>
          </button>
        )}
        {members === undefined && error === undefined && <SkeletonRows count={6} />}
        {error !== undefined && <p className="side-note">{error}</p>}
        {GROUPS.map(({ state, title }) => {
          const group = (members ?? []).filter((member) => presence(member.user.id) === state);
          if (group.length === 0) return null;
          return (
            <section className="side-section" key={state}>
              <header>
                <h3>
                  {i18n.t(title)} · {i18n.number(group.length)}
                </h3>
              </header>
              {group.map((member) => (
                <div className="member-row" key={member.user.id}>
                  <button
                    type="button"
                    className="side-row"
                    aria-haspopup="dialog"
                    onClick={(event) => card(member.user.id, event.currentTarget)}
                  >
                    <PersonAvatar
                      id={member.user.id}
                      name={member.user.display_name}
                      size="s"
                      presence={presence(member.user.id)}
                    />
                    <bdi className="side-name">{member.user.display_name}</bdi>
                    <BotOf id={member.user.id} />
                    <StatusSign id={member.user.id} />
                    <span className="side-draft">{noteOf(member, chat.me.id)}</span>
                  </button>
                  <MemberMenu room={room} member={member} onDone={again} />
                </div>
              ))}
            </section>
          );
        })}
      </div>
      <footer className="panel-foot">
        <LeaveRoom room={room} />
      </footer>
      {adding && <AddPerson room={room} onClose={() => setAdding(false)} />}
    </aside>
  );
}

const NOTES = {
  guest: /*i18n*/ { id: 'guest' },
  moderator: /*i18n*/ { id: 'moderator' },
  owner: /*i18n*/ { id: 'owner' },
};

function noteOf({ user, role, muted_until }: Member, me: string): string {
  const notes = role === 'member' ? [] : [i18n.t(NOTES[role])];
  if ((muted_until ?? 0) > Date.now()) notes.push(i18n.t('muted'));
  if (user.id === me) notes.push(i18n.t('you'));
  return new Intl.ListFormat(i18n.locale, { type: 'unit', style: 'short' }).format(notes);
}

/** A dialog that adds one person to a room. */
export function AddPerson({ room, onClose }: { room: Room; onClose: () => void }) {
  const chat = useChat();
  const { members } = useMembers(room);
  const [error, setError] = useState<string>();
  const add = async (user: string): Promise<void> => {
    try {
      await chat.addMember(room.id, user);
      onClose();
    } catch (cause) {
      setError(saidOf(cause));
    }
  };
  return (
    <FindPerson
      title={i18n.t('Add a person to {room}', { room: room.name })}
      without={new Set(members?.map((member) => member.user.id))}
      error={error}
      onPick={(user) => void add(user.id)}
      onClose={onClose}
    />
  );
}
