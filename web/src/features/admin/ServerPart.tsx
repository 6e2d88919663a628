import { i18n, type MessageDescriptor } from '@lingui/core';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Field } from '@/components/Field';
import { SkeletonRows } from '@/components/Skeleton';
import type { Settings } from '@/protocol/ops.gen';
import { useAuth, useChat } from '@/state/context';
import { refreshServer } from '@/state/server';
import { RetentionRow } from '../rooms/RetentionRow';
import { SaveRow } from '../settings/SaveRow';
import { useSaving } from '../settings/useSaving';
import { ServerInvites } from './ServerInvites';

const REGISTRATION: { mode: Settings['registration']; name: MessageDescriptor; says: MessageDescriptor }[] = [
  {
    mode: 'open',
    name: /*i18n*/ { id: 'open (state)', message: 'Open', comment: 'Not closed; a button that opens says Open, too' },
    says: /*i18n*/ { id: 'Whoever finds the server makes an account.' },
  },
  {
    mode: 'invite',
    name: /*i18n*/ { id: 'By invitation' },
    says: /*i18n*/ { id: 'It takes a link that an admin has made.' },
  },
  {
    mode: 'closed',
    name: /*i18n*/ { id: 'closed (registration)', message: 'Closed', comment: 'Who may make an account: nobody' },
    says: /*i18n*/ { id: 'Nobody makes an account. Those that are there go on.' },
  },
];

/** What the server is called, who may come, and who may make rooms. */
export function ServerPart() {
  const { settings, error, set } = useSettings();
  if (settings === undefined)
    return error === undefined ? (
      <SkeletonRows count={4} tall />
    ) : (
      <p className="field-error" role="alert">
        {error}
      </p>
    );
  return <Form settings={settings} onSaved={set} />;
}

function Form({ settings, onSaved }: { settings: Settings; onSaved: (settings: Settings) => void }) {
  const { api } = useChat();
  const auth = useAuth();
  const naming = useSaving();
  const saving = useSaving();
  const [name, setName] = useState(settings.name);
  const change = async (body: Partial<Settings>): Promise<void> => {
    onSaved(await api.call('PATCH /admin/settings', { body }));
    await refreshServer(auth);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    naming.save(() => change({ name: name.trim() }));
  };
  return (
    <>
      <form onSubmit={submit}>
        <Field
          label={i18n.t('Name of the server')}
          value={name}
          maxLength={80}
          required
          autoComplete="off"
          hint={i18n.t('Stands on the login screen and in the title of the page.')}
          onChange={(event) => setName(event.target.value)}
        />
        <SaveRow saving={naming}>
          <Button type="submit" className="btn btn-primary" off={naming.busy || name.trim() === settings.name}>
            {i18n.t('Save')}
          </Button>
        </SaveRow>
      </form>
      <h3 className="settings-sub">{i18n.t('Who may make an account')}</h3>
      <div className="choices" role="radiogroup" aria-label={i18n.t('Who may make an account')}>
        {REGISTRATION.map((one) => (
          <label className="choice" key={one.mode}>
            <input
              type="radio"
              name="registration"
              checked={settings.registration === one.mode}
              onChange={() => saving.save(() => change({ registration: one.mode }))}
            />
            <span>
              <b>{i18n.t(one.name)}</b>
              <small>{i18n.t(one.says)}</small>
            </span>
          </label>
        ))}
      </div>
      {settings.registration === 'invite' && <ServerInvites />}
      <h3 className="settings-sub">{i18n.t('Who may make rooms')}</h3>
      <p className="settings-lead">{i18n.t('Groups and direct messages anybody makes.')}</p>
      {(['public_rooms', 'private_rooms'] as const).map((key) => (
        <label className="switch-row" key={key}>
          <input
            type="checkbox"
            className="form-check-input"
            checked={settings[key] === 'everybody'}
            onChange={(event) => saving.save(() => change({ [key]: event.target.checked ? 'everybody' : 'admins' }))}
          />
          <span>
            {key === 'public_rooms' ? i18n.t('Everybody makes public rooms') : i18n.t('Everybody makes private rooms')}
            <small>
              {key === 'public_rooms'
                ? i18n.t('Otherwise only admins do, and make private ones public.')
                : i18n.t('Otherwise only admins do.')}
            </small>
          </span>
        </label>
      ))}
      <h3 className="settings-sub">{i18n.t('Who may make groups of people')}</h3>
      <label className="switch-row">
        <input
          type="checkbox"
          className="form-check-input"
          checked={settings.user_groups === 'everybody'}
          onChange={(event) =>
            saving.save(() => change({ user_groups: event.target.checked ? 'everybody' : 'admins' }))
          }
        />
        <span>
          {i18n.t('Everybody makes groups of people')}
          <small>{i18n.t('And changes their own. Otherwise only admins do.')}</small>
        </span>
      </label>
      <h3 className="settings-sub">{i18n.t('How long messages are kept')}</h3>
      <RetentionRow
        days={settings.retention_days ?? 0}
        none={i18n.t('For ever')}
        onChange={(retention_days) => saving.save(() => change({ retention_days }))}
      />
      <SaveRow saving={saving}>{null}</SaveRow>
    </>
  );
}

function useSettings() {
  const chat = useChat();
  const [settings, set] = useState<Settings>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /admin/settings', { signal: giveUp.signal }).then(set, (cause: unknown) => {
      if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
    });
    return () => giveUp.abort();
  }, [chat]);
  return { settings, error, set };
}
