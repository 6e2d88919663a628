import { i18n } from '@lingui/core';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import type { AccessToken } from '@/protocol/ops.gen';
import { SCOPES, type Scope } from '@/protocol/scopes.gen';
import { durationWords } from '../rooms/durations';
import { useSaving } from '../settings/useSaving';
import type { NewToken } from './useTokens';

const DAY_S = 86_400;
const DAYS = [7, 30, 90, 365, 0];
const DEFAULT_DAYS = 90;
const ALL = Object.keys(SCOPES) as Scope[];

interface Props {
  make: (token: NewToken) => Promise<AccessToken>;
  onClose: () => void;
}

/** A dialog that makes an access token, and then shows it: this once. */
export function MakeToken({ make, onClose }: Props) {
  const saving = useSaving();
  const [made, setMade] = useState<string>();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['read']);
  const [days, setDays] = useState(DEFAULT_DAYS);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const expiry = days > 0 ? { expires_at: Date.now() + days * DAY_S * 1_000 } : {};
    saving.save(async () => setMade((await make({ name, scopes: [...scopes], ...expiry })).token));
  };
  const toggle = (scope: Scope, on: boolean): void =>
    setScopes(ALL.filter((one) => (one === scope ? on : scopes.includes(one))));
  if (made !== undefined) return <Made token={made} onClose={onClose} />;
  return (
    <Dialog title={i18n.t('New access token')} onClose={onClose} className="access-new">
      <form onSubmit={submit}>
        <Field
          label={i18n.t('Name')}
          value={name}
          maxLength={80}
          placeholder={i18n.t('What it is for')}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setName(event.target.value)}
        />
        <fieldset className="access-scopes">
          <legend className="form-label">{i18n.t('It may')}</legend>
          {ALL.map((scope) => (
            <label className="switch-row" key={scope}>
              <input
                type="checkbox"
                className="form-check-input"
                checked={scopes.includes(scope)}
                onChange={(event) => toggle(scope, event.target.checked)}
              />
              <span>
                {i18n.t(SCOPES[scope])}
                <small>{scope}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <label className="access-until">
          <span className="form-label">{i18n.t('Good for')}</span>
          <select className="form-select" value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {DAYS.map((one) => (
              <option key={one} value={one}>
                {one === 0 ? i18n.t('Ever, until it is revoked') : durationWords(one * DAY_S)}
              </option>
            ))}
          </select>
        </label>
        {saving.error !== undefined && (
          <p className="field-error" role="alert">
            {saving.error.message}
          </p>
        )}
        <div className="sheet-foot">
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {i18n.t('Cancel')}
          </button>
          <Button
            type="submit"
            className="btn btn-primary"
            off={saving.busy || name.trim() === '' || scopes.length === 0}
          >
            {i18n.t('Make token')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Made({ token, onClose }: { token: string; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  return (
    <Dialog title={i18n.t('Copy it now')} onClose={onClose} firm>
      <p className="form-text">
        {i18n.t(
          'Whoever has this token can do with it what it may. It is not shown again: keep it where you keep passwords.',
        )}
      </p>
      <div className="access-made">
        <input
          className="form-control"
          readOnly
          aria-label={i18n.t('The access token')}
          value={token}
          data-autofocus
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="btn btn-quiet" onClick={() => void copyText(token).then(setCopied)}>
          <Icon name={copied ? 'check' : 'copy'} size={17} />
          {copied ? i18n.t('Copied') : i18n.t('Copy')}
        </button>
      </div>
      <div className="sheet-foot">
        <button type="button" className="btn btn-primary" onClick={onClose}>
          {i18n.t('Done')}
        </button>
      </div>
    </Dialog>
  );
}
