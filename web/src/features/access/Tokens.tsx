import { useRef, useState } from 'react';
import { Dialog } from '@/components/Dialog';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { ago, dayName } from '@/lib/time';
import type { AccessToken } from '@/protocol/ops.gen';
import { useClock } from '../people/usePerson';
import { useSaving } from '../settings/useSaving';
import { MakeToken } from './MakeToken';
import { useTokens } from './useTokens';
import '@/styles/access.css';

/** Access tokens of mine, or of a bot of mine: what there is, what each may, and a way to end it. */
export function Tokens({ bot }: { bot?: string | undefined }) {
  const { tokens, error, make, revoke } = useTokens(bot);
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<AccessToken>();
  const list = useRef<HTMLDivElement>(null);
  useKeepFocus(list, '.pick, .btn-primary');
  return (
    <>
      <div ref={list}>
        {error !== undefined && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
        {tokens === undefined && error === undefined && <SkeletonRows count={2} />}
        {tokens?.length === 0 && <p className="settings-none">There are none.</p>}
        {tokens !== undefined && tokens.length > 0 && (
          <ul className="pick-list access-list" aria-label="Access tokens">
            {tokens.map((token) => (
              <li className="pick" key={token.id}>
                <span className="side-sign">
                  <Icon name="key" size={17} />
                </span>
                <TokenText token={token} />
                <button
                  type="button"
                  className="btn btn-quiet"
                  aria-label={`Revoke ${token.name}`}
                  onClick={() => setEnding(token)}
                >
                  Revoke
                </button>
              </li>
            ))}
          </ul>
        )}
        <button type="button" className="btn btn-primary" onClick={() => setMaking(true)}>
          <Icon name="plus" size={17} />
          New token
        </button>
      </div>
      {making && <MakeToken make={make} onClose={() => setMaking(false)} />}
      {ending !== undefined && <Revoke token={ending} revoke={revoke} onClose={() => setEnding(undefined)} />}
    </>
  );
}

/** Names of days keep their capital; these are words. */
function inLine(when: string): string {
  return when === 'Today' || when === 'Yesterday' ? when.toLowerCase() : when;
}

function TokenText({ token }: { token: AccessToken }) {
  const now = useClock();
  const { created_at, expires_at, last_used_at } = token;
  const over = expires_at !== undefined && expires_at <= now;
  const used = last_used_at === undefined ? 'never used' : `used ${inLine(ago(last_used_at, now))}`;
  const ends =
    expires_at === undefined ? 'does not expire' : `${over ? 'expired' : 'until'} ${inLine(dayName(expires_at, now))}`;
  return (
    <span className="pick-text">
      <bdi className="pick-name">{token.name}</bdi>
      <small className="access-facts">
        <span>{token.scopes.join(', ')}</span>
        <span title={`Made ${dayName(created_at, now)}`}>{used}</span>
        <span className={over ? 'access-over' : undefined}>{ends}</span>
      </small>
    </span>
  );
}

function Revoke(props: { token: AccessToken; revoke: (id: string) => Promise<void>; onClose: () => void }) {
  const saving = useSaving();
  const revoke = (): void =>
    saving.save(async () => {
      await props.revoke(props.token.id);
      props.onClose();
    });
  return (
    <Dialog title={`Revoke “${props.token.name}”?`} onClose={props.onClose}>
      <p className="form-text">What uses it is logged out at once, and cannot come in by it again.</p>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={props.onClose} data-autofocus>
          Keep
        </button>
        <button type="button" className="btn btn-danger" disabled={saving.busy} onClick={revoke}>
          Revoke
        </button>
      </div>
    </Dialog>
  );
}
