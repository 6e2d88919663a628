import { i18n } from '@lingui/core';
import { useRef, useState } from 'react';
import { Button } from '@/components/Button';
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
        {tokens?.length === 0 && <p className="settings-none">{i18n.t('There are none.')}</p>}
        {tokens !== undefined && tokens.length > 0 && (
          <ul className="pick-list access-list" aria-label={i18n.t('Access tokens')}>
            {tokens.map((token) => (
              <li className="pick" key={token.id}>
                <span className="side-sign">
                  <Icon name="key" size={17} />
                </span>
                <TokenText token={token} />
                <button
                  type="button"
                  className="btn btn-quiet"
                  aria-label={i18n.t('Revoke {token}', { token: token.name })}
                  onClick={() => setEnding(token)}
                >
                  {i18n.t('Revoke')}
                </button>
              </li>
            ))}
          </ul>
        )}
        <button type="button" className="btn btn-primary" onClick={() => setMaking(true)}>
          <Icon name="plus" size={17} />
          {i18n.t('New token')}
        </button>
      </div>
      {making && <MakeToken make={make} onClose={() => setMaking(false)} />}
      {ending !== undefined && <Revoke token={ending} revoke={revoke} onClose={() => setEnding(undefined)} />}
    </>
  );
}

const DAY_MS = 86_400_000;

/** Names of days keep their capital; these are words. */
function inLine(when: string, now: number): string {
  const word = when === dayName(now, now) || when === dayName(now - DAY_MS, now);
  return word ? when.toLocaleLowerCase(i18n.locale) : when;
}

function TokenText({ token }: { token: AccessToken }) {
  const now = useClock();
  const { created_at, expires_at, last_used_at } = token;
  const over = expires_at !== undefined && expires_at <= now;
  const used =
    last_used_at === undefined
      ? i18n.t('never used')
      : i18n.t('used {when}', { when: inLine(ago(last_used_at, now), now) });
  return (
    <span className="pick-text">
      <bdi className="pick-name">{token.name}</bdi>
      <small className="access-facts">
        <span>{token.scopes.join(', ')}</span>
        <span title={i18n.t('Made {day}', { day: dayName(created_at, now) })}>{used}</span>
        <span className={over ? 'access-over' : undefined}>{endOf(expires_at, now)}</span>
      </small>
    </span>
  );
}

function endOf(expires_at: number | undefined, now: number): string {
  if (expires_at === undefined) return i18n.t('does not expire');
  const day = inLine(dayName(expires_at, now), now);
  return expires_at <= now ? i18n.t('expired {day}', { day }) : i18n.t('until {day}', { day });
}

function Revoke(props: { token: AccessToken; revoke: (id: string) => Promise<void>; onClose: () => void }) {
  const saving = useSaving();
  const revoke = (): void =>
    saving.save(async () => {
      await props.revoke(props.token.id);
      props.onClose();
    });
  return (
    <Dialog title={i18n.t('Revoke “{token}”?', { token: props.token.name })} onClose={props.onClose}>
      <p className="form-text">{i18n.t('What uses it is logged out at once, and cannot come in by it again.')}</p>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={props.onClose} data-autofocus>
          {i18n.t('Keep')}
        </button>
        <Button type="button" className="btn btn-danger" off={saving.busy} onClick={revoke}>
          {i18n.t('Revoke')}
        </Button>
      </div>
    </Dialog>
  );
}
