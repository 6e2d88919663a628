import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import { plural } from '@/lib/text';
import type { Invite } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { useSaving } from '../settings/useSaving';
import { durationWords } from './durations';
import { holdsWords, MadeLink, NumberChoice } from './inviteLink';
import { ROLE_NAMES } from './PermissionsPart';
import type { RoomPartProps } from './RoomSettings';

const TIMES_S = [3_600, 86_400, 604_800, 2_592_000, 0];
const USES = [1, 5, 25, 100, 0];
const DEFAULT_S = 604_800;

/** Links into the room: one is made, shown once and copied; the open ones can be ended. */
export function InvitesPart({ room }: RoomPartProps) {
  const chat = useChat();
  const saving = useSaving();
  const [seconds, setSeconds] = useState(DEFAULT_S);
  const [uses, setUses] = useState(0);
  const [role, setRole] = useState<'member' | 'guest'>('member');
  const [made, setMade] = useState<string>();
  const [copied, setCopied] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useKeepFocus(list, 'li');
  const { invites, error, load } = useInvites(room.id);
  const problem = saving.error?.message ?? error;
  const make = (): void =>
    saving.save(async () => {
      const body = { role, ...(seconds > 0 ? { expires_in_s: seconds } : {}), ...(uses > 0 ? { uses } : {}) };
      const invite = await chat.api.call('POST /rooms/{room}/invites', { params: { room: room.id }, body });
      const link = location.origin + paths.invite(invite.token ?? '');
      setMade(link);
      setCopied(await copyText(link));
      load();
    });
  const end = (invite: string): void =>
    saving.save(async () => {
      await chat.api.call('DELETE /rooms/{room}/invites/{invite}', { params: { room: room.id, invite } });
      load();
    });
  return (
    <>
      <p className="settings-lead">Whoever has the link and an account here comes in by it.</p>
      <div className="invite-new">
        <NumberChoice
          label="Valid for"
          value={seconds}
          options={TIMES_S}
          none="Ever"
          words={durationWords}
          onChange={setSeconds}
        />
        <NumberChoice label="Uses" value={uses} options={USES} none="No limit" words={String} onChange={setUses} />
        <label>
          <span className="form-label">As</span>
          <select
            className="form-select"
            value={role}
            onChange={(event) => setRole(event.target.value as 'member' | 'guest')}
          >
            <option value="member">Member</option>
            <option value="guest">Guest</option>
          </select>
        </label>
        <button type="button" className="btn btn-primary" disabled={saving.busy} onClick={make}>
          <Icon name="link" size={17} />
          Make a link
        </button>
      </div>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {made !== undefined && <MadeLink link={made} copied={copied} onCopied={setCopied} />}
      <h3 className="settings-sub">Open links</h3>
      {invites === undefined && error === undefined && <SkeletonRows count={2} />}
      {invites?.length === 0 && <p className="settings-none">There are none.</p>}
      <ul ref={list} className="pick-list room-list">
        {invites?.map((invite) => (
          <li className="pick" key={invite.id}>
            <span className="side-sign">
              <Icon name="link" size={17} />
            </span>
            <InviteText invite={invite} />
            <button type="button" className="btn btn-quiet" disabled={saving.busy} onClick={() => end(invite.id)}>
              End
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function InviteText({ invite }: { invite: Invite }) {
  const users = useStore(useChat().people.users);
  const left =
    invite.uses_left === undefined ? 'any number of times' : plural(invite.uses_left, 'use left', 'uses left');
  return (
    <span className="pick-text">
      <span className="pick-name">
        {ROLE_NAMES[invite.role]} · {left}
      </span>
      <small>
        {holdsWords(invite.expires_at)}, by {nameOf(users.get(invite.by))}
      </small>
    </span>
  );
}

function useInvites(room: string) {
  const chat = useChat();
  const [invites, setInvites] = useState<Invite[]>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn is what loads again.
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /rooms/{room}/invites', { params: { room }, signal: giveUp.signal }).then(
      (reply) => {
        chat.people.need(reply.invites.map((invite) => invite.by));
        setInvites(reply.invites);
        setError(undefined);
      },
      (cause: unknown) => {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      },
    );
    return () => giveUp.abort();
  }, [chat, room, turn]);
  return { invites, error, load: () => setTurn((before) => before + 1) };
}
