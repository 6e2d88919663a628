import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
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
      <p className="settings-lead">{i18n.t('Whoever has the link and an account here comes in by it.')}</p>
      <div className="invite-new">
        <NumberChoice
          label={i18n.t('Valid for')}
          value={seconds}
          options={TIMES_S}
          none={i18n.t({ id: 'Ever', comment: 'How long an invitation is valid' })}
          words={durationWords}
          onChange={setSeconds}
        />
        <NumberChoice
          label={i18n.t('Uses')}
          value={uses}
          options={USES}
          none={i18n.t('No limit')}
          words={(count) => i18n.number(count)}
          onChange={setUses}
        />
        <label>
          <span className="form-label">
            {i18n.t({ id: 'As', comment: 'Before the role that an invitation gives' })}
          </span>
          <select
            className="form-select"
            value={role}
            onChange={(event) => setRole(event.target.value as 'member' | 'guest')}
          >
            <option value="member">{i18n.t('Member')}</option>
            <option value="guest">{i18n.t('Guest')}</option>
          </select>
        </label>
        <Button type="button" className="btn btn-primary" off={saving.busy} onClick={make}>
          <Icon name="link" size={17} />
          {i18n.t('Make a link')}
        </Button>
      </div>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {made !== undefined && <MadeLink link={made} copied={copied} onCopied={setCopied} />}
      <h3 className="settings-sub">{i18n.t('Open links')}</h3>
      {invites === undefined && error === undefined && <SkeletonRows count={2} />}
      {invites?.length === 0 && <p className="settings-none">{i18n.t('There are none.')}</p>}
      <ul ref={list} className="pick-list room-list">
        {invites?.map((invite) => (
          <li className="pick" key={invite.id}>
            <span className="side-sign">
              <Icon name="link" size={17} />
            </span>
            <InviteText invite={invite} />
            <Button type="button" className="btn btn-quiet" off={saving.busy} onClick={() => end(invite.id)}>
              {i18n.t({ id: 'End', comment: 'Button: an invitation' })}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function InviteText({ invite }: { invite: Invite }) {
  const users = useStore(useChat().people.users);
  const left =
    invite.uses_left === undefined
      ? i18n.t('any number of times')
      : i18n.t('{count, plural, one {# use left} other {# uses left}}', { count: invite.uses_left });
  return (
    <span className="pick-text">
      <span className="pick-name">
        {i18n.t(ROLE_NAMES[invite.role])} · {left}
      </span>
      <small>
        {i18n.t('{validity}, by {person}', {
          validity: holdsWords(invite.expires_at),
          person: nameOf(users.get(invite.by)),
        })}
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
