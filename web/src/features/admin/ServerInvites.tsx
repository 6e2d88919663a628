import { useEffect, useState } from 'react';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import { plural } from '@/lib/text';
import type { ServerInvite } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { durationWords } from '../rooms/durations';
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
  const { invites, load } = useInvites();
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
      <h3 className="settings-sub">Invitations</h3>
      <div className="invite-new">
        <label>
          <span className="form-label">Valid for</span>
          <select className="form-select" value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
            {TIMES_S.map((one) => (
              <option key={one} value={one}>
                {one === 0 ? 'Ever' : durationWords(one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="form-label">For</span>
          <select className="form-select" value={uses} onChange={(event) => setUses(Number(event.target.value))}>
            {USES.map((one) => (
              <option key={one} value={one}>
                {one === 0 ? 'No limit' : plural(one, 'person', 'people')}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="btn btn-primary" disabled={saving.busy} onClick={make}>
          <Icon name="link" size={17} />
          Make a link
        </button>
      </div>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      {made !== undefined && (
        <div className="invite-made">
          <input
            className="form-control"
            readOnly
            aria-label="The invitation link"
            value={made}
            onFocus={(event) => event.target.select()}
          />
          <button type="button" className="btn btn-quiet" onClick={() => void copyText(made).then(setCopied)}>
            <Icon name={copied ? 'check' : 'copy'} size={17} />
            {copied ? 'Copied' : 'Copy'}
          </button>
          <small>Copy it now: the link is not shown again.</small>
        </div>
      )}
      <ul className="admin-rows">
        {invites?.map((invite) => (
          <li className="admin-row" key={invite.id}>
            <span className="side-sign">
              <Icon name="link" size={17} />
            </span>
            <span className="pick-text">
              <span className="pick-name">
                {invite.uses_left === undefined
                  ? 'For any number of people'
                  : `For ${plural(invite.uses_left, 'more person', 'more people')}`}
              </span>
              <small>
                {untilWords(invite)}, by {nameOf(users.get(invite.by))}
              </small>
            </span>
            <button type="button" className="btn btn-quiet" disabled={saving.busy} onClick={() => end(invite.id)}>
              End
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function untilWords(invite: ServerInvite): string {
  if (invite.expires_at === undefined) return 'until it is ended';
  return `for ${durationWords(Math.max(60, Math.round((invite.expires_at - Date.now()) / 1_000)))} more`;
}

function useInvites() {
  const chat = useChat();
  const [invites, setInvites] = useState<ServerInvite[]>();
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn is what loads again.
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /admin/invites', { signal: giveUp.signal }).then(
      (reply) => {
        chat.people.need(reply.invites.map((invite) => invite.by));
        setInvites(reply.invites);
      },
      () => {},
    );
    return () => giveUp.abort();
  }, [chat, turn]);
  return { invites, load: () => setTurn((before) => before + 1) };
}
