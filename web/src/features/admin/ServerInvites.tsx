import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { useKeepFocus } from '@/components/useKeepFocus';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import type { ServerInvite } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { durationWords } from '../rooms/durations';
import { holdsWords, MadeLink, NumberChoice } from '../rooms/inviteLink';
import { useSaving } from '../settings/useSaving';

const TIMES_S = [86_400, 604_800, 2_592_000, 0];
const USES = [1, 5, 25, 100, 0];
const DEFAULT_S = 604_800;

/** Links to make an account by: one is made, shown once and copied; the open ones can be ended. */
export function ServerInvites() {
  const chat = useChat();
  const saving = useSaving();
  const users = useStore(chat.people.users);
  const [seconds, setSeconds] = useState(DEFAULT_S);
  const [uses, setUses] = useState(1);
  const [made, setMade] = useState<string>();
  const [copied, setCopied] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useKeepFocus(list, 'li');
  const { invites, error, load } = useInvites();
  const problem = saving.error?.message ?? error;
  const make = (): void =>
    saving.save(async () => {
      const body = { ...(seconds > 0 ? { expires_in_s: seconds } : {}), ...(uses > 0 ? { uses } : {}) };
      const invite = await chat.api.call('POST /admin/invites', { body });
      const link = location.origin + paths.welcome(invite.token ?? '');
      setMade(link);
      setCopied(await copyText(link));
      load();
    });
  const end = (invite: string): void =>
    saving.save(async () => {
      await chat.api.call('DELETE /admin/invites/{invite}', { params: { invite } });
      load();
    });
  return (
    <>
      <h3 className="settings-sub">{i18n.t('Invitations')}</h3>
      <div className="invite-new">
        <NumberChoice
          label={i18n.t('Valid for')}
          value={seconds}
          options={TIMES_S}
          none={i18n.t({ id: 'for ever', message: 'Ever', comment: 'Valid for: ever' })}
          words={durationWords}
          onChange={setSeconds}
        />
        <NumberChoice
          label={i18n.t({ id: 'for (how many)', message: 'For', comment: 'How many people may use a link' })}
          value={uses}
          options={USES}
          none={i18n.t('No limit')}
          words={(count) => i18n.t('{count, plural, one {# person} other {# people}}', { count })}
          onChange={setUses}
        />
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
      <ul ref={list} className="admin-rows">
        {invites?.map((invite) => (
          <li className="admin-row" key={invite.id}>
            <span className="side-sign">
              <Icon name="link" size={17} />
            </span>
            <span className="pick-text">
              <span className="pick-name">
                {invite.uses_left === undefined
                  ? i18n.t('For any number of people')
                  : i18n.t('{count, plural, one {For # more person} other {For # more people}}', {
                      count: invite.uses_left,
                    })}
              </span>
              <small>
                {i18n.t('{validity}, by {name}', {
                  validity: holdsWords(invite.expires_at),
                  name: nameOf(users.get(invite.by)),
                })}
              </small>
            </span>
            <Button type="button" className="btn btn-quiet" off={saving.busy} onClick={() => end(invite.id)}>
              {i18n.t({ id: 'end (verb)', message: 'End', comment: 'A button: an invitation is ended' })}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function useInvites() {
  const chat = useChat();
  const [invites, setInvites] = useState<ServerInvite[]>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn is what loads again.
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /admin/invites', { signal: giveUp.signal }).then(
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
  }, [chat, turn]);
  return { invites, error, load: () => setTurn((before) => before + 1) };
}
