import { useEffect, useMemo, useState } from 'react';
import { ApiError } from '@/client/error';
import { Avatar } from '@/components/Avatar';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { Member, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { FindPerson } from '../rooms/FindPerson';
import { useOpenRoom } from '../rooms/useOpenRoom';
import { usePresence } from '../rooms/usePresence';
import { LeaveRoom } from './LeaveRoom';

const PAGE = 200;
/** More people than this are not read one by one. */
const MAX_LISTED = 1_000;

const GROUPS = [
  { state: 'online', title: 'Here' },
  { state: 'away', title: 'Away' },
  { state: 'offline', title: 'Not here' },
] as const;

export function MembersPanel({ room, onClose }: { room: Room; onClose: () => void }) {
  const chat = useChat();
  const { members, error } = useMembers(room);
  const ids = useMemo(() => members?.map((member) => member.user.id) ?? [], [members]);
  const presence = usePresence(ids);
  const [adding, setAdding] = useState(false);
  const writing = useOpenRoom(() => {});
  return (
    <aside
      className="panel"
      aria-label="Members"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !adding) onClose();
      }}
    >
      <header className="top">
        <h2>Members</h2>
        <p>{room.member_count.toLocaleString()}</p>
        <div className="top-tools">
          <button type="button" className="btn-icon" aria-label="Close members" onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
      </header>
      <div className="panel-body">
        <button type="button" className="side-row side-more" onClick={() => setAdding(true)}>
          <span className="side-sign">
            <Icon name="add_person" size={17} />
          </span>
          <span className="side-name">Add a person</span>
        </button>
        {members === undefined && error === undefined && <SkeletonRows count={6} />}
        {error !== undefined && <p className="side-note">{error}</p>}
        {GROUPS.map(({ state, title }) => {
          const group = (members ?? []).filter((member) => presence(member.user.id) === state);
          if (group.length === 0) return null;
          return (
            <section className="side-section" key={state}>
              <header>
                <h3>
                  {title} · {group.length}
                </h3>
              </header>
              {group.map(({ user, role }) => (
                <button
                  type="button"
                  className="side-row"
                  key={user.id}
                  title={user.id === chat.me.id ? 'Notes to myself' : `Write to ${user.display_name}`}
                  onClick={() => writing.open(() => chat.openDm(user.id))}
                  disabled={user.id === chat.me.id}
                >
                  <Avatar id={user.id} name={user.display_name} size="s" presence={presence(user.id)} />
                  <bdi className="side-name">{user.display_name}</bdi>
                  <span className="side-draft">
                    {[role === 'owner' && 'owner', user.id === chat.me.id && 'you'].filter(Boolean).join(', ')}
                  </span>
                </button>
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
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    }
  };
  return (
    <FindPerson
      title={`Add a person to ${room.name}`}
      without={new Set(members?.map((member) => member.user.id))}
      error={error}
      onPick={(user) => void add(user.id)}
      onClose={onClose}
    />
  );
}

/** The members of a room, loaded again when their number changes. */
function useMembers(room: Room): { members: Member[] | undefined; error: string | undefined } {
  const chat = useChat();
  const [members, setMembers] = useState<Member[]>();
  const [error, setError] = useState<string>();
  const { id, member_count } = room;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number is what makes another load due.
  useEffect(() => {
    const giveUp = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const all: Member[] = [];
        for (let complete = false; !complete && all.length < MAX_LISTED; ) {
          const after = all.at(-1)?.user.id;
          const query = { limit: PAGE, ...(after === undefined ? {} : { after }) };
          const page = await chat.api.call('GET /rooms/{room}/members', {
            params: { room: id },
            query,
            signal: giveUp.signal,
          });
          all.push(...page.members);
          complete = page.complete || page.members.length === 0;
        }
        all.sort((a, b) => a.user.display_name.localeCompare(b.user.display_name));
        chat.people.put(all.map((member) => member.user));
        setMembers(all);
        setError(undefined);
      } catch (cause) {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      }
    };
    void load();
    return () => giveUp.abort();
  }, [chat, id, member_count]);
  return { members, error };
}
