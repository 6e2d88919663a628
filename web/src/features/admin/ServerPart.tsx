import { type FormEvent, useEffect, useState } from 'react';
import { ApiError } from '@/client/error';
import { Field } from '@/components/Field';
import { SkeletonRows } from '@/components/Skeleton';
import type { Settings } from '@/protocol/ops.gen';
import { useAuth, useChat } from '@/state/context';
import { refreshServer } from '@/state/server';
import { SaveRow } from '../settings/SaveRow';
import { useSaving } from '../settings/useSaving';
import { ServerInvites } from './ServerInvites';

const REGISTRATION: { mode: Settings['registration']; name: string; says: string }[] = [
  { mode: 'open', name: 'Open', says: 'Whoever finds the server makes an account.' },
  { mode: 'invite', name: 'By invitation', says: 'It takes a link that an admin has made.' },
  { mode: 'closed', name: 'Closed', says: 'Nobody makes an account. Those that are there go on.' },
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
          label="Name of the server"
          value={name}
          maxLength={80}
          required
          autoComplete="off"
          hint="Stands on the login screen and in the title of the page."
          onChange={(event) => setName(event.target.value)}
        />
        <SaveRow saving={naming}>
          <button type="submit" className="btn btn-primary" disabled={naming.busy || name.trim() === settings.name}>
            Save
          </button>
        </SaveRow>
      </form>
      <h3 className="settings-sub">Who may make an account</h3>
      <div className="choices" role="radiogroup" aria-label="Who may make an account">
        {REGISTRATION.map((one) => (
          <label className="choice" key={one.mode}>
            <input
              type="radio"
              name="registration"
              checked={settings.registration === one.mode}
              onChange={() => saving.save(() => change({ registration: one.mode }))}
            />
            <span>
              <b>{one.name}</b>
              <small>{one.says}</small>
            </span>
          </label>
        ))}
      </div>
      {settings.registration === 'invite' && <ServerInvites />}
      <h3 className="settings-sub">Who may make rooms</h3>
      <p className="settings-lead">Groups and direct messages anybody makes.</p>
      {(['public_rooms', 'private_rooms'] as const).map((key) => (
        <label className="switch-row" key={key}>
          <input
            type="checkbox"
            className="form-check-input"
            checked={settings[key] === 'everybody'}
            onChange={(event) => saving.save(() => change({ [key]: event.target.checked ? 'everybody' : 'admins' }))}
          />
          <span>
            {key === 'public_rooms' ? 'Everybody makes public rooms' : 'Everybody makes private rooms'}
            <small>Otherwise only admins do{key === 'public_rooms' ? ', and make private ones public' : ''}.</small>
          </span>
        </label>
      ))}
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
