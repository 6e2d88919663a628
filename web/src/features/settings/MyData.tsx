import { i18n } from '@lingui/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { useAuth, useChat } from '@/state/context';
import { PasswordField } from '../auth/PasswordField';
import { sizeWords } from '../files/size';
import { fetchArchive, save } from './archive';

type State =
  | { status: 'closed' }
  | { status: 'asking'; wrong?: string }
  | { status: 'fetching'; got: number }
  | { status: 'done'; elsewhere: boolean };

/** All that the server has of me, to be taken away: after the password once more, as whoever finds an open page shall not
 *  have it. */
export function MyData() {
  const { api } = useChat();
  const auth = useAuth();
  const [state, setState] = useState<State>({ status: 'closed' });
  const [error, setError] = useState<string>();
  const [password, setPassword] = useState('');
  const giveUp = useRef<AbortController>(undefined);
  useEffect(() => () => giveUp.current?.abort(), []);

  const take = async (): Promise<void> => {
    const stop = new AbortController();
    giveUp.current = stop;
    setError(undefined);
    setState({ status: 'fetching', got: 0 });
    try {
      await api.call('POST /auth/confirm', { body: { password }, signal: stop.signal });
      setPassword('');
      const archive = await fetchArchive(auth, stop.signal, (got) => setState({ status: 'fetching', got }));
      if (archive !== undefined) save(archive);
      setState({ status: 'done', elsewhere: archive === undefined });
    } catch (cause) {
      if (stop.signal.aborted) {
        setState({ status: 'closed' });
      } else if (cause instanceof ApiError && cause.code === 'bad_credentials') {
        setState({ status: 'asking', wrong: i18n.t('This is not your password.') });
      } else {
        setState({ status: 'asking' });
        setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
      }
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void take();
  };
  return (
    <>
      <h3 className="settings-sub">{i18n.t('My data')}</h3>
      <p className="settings-lead">
        {i18n.t(
          'All that this server has of you, as one archive: your account, what you wrote, and the files you uploaded. Nothing that others wrote is in it.',
        )}
      </p>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {(state.status === 'closed' || state.status === 'done') && (
        <button type="button" className="btn btn-quiet" onClick={() => setState({ status: 'asking' })}>
          {i18n.t('Download my data')}
        </button>
      )}
      {state.status === 'asking' && (
        <form onSubmit={submit}>
          <PasswordField
            label={i18n.t('Password now')}
            value={password}
            autoComplete="current-password"
            onChange={setPassword}
            error={state.wrong}
            hint={i18n.t('So that nobody else takes it from a page that you left open.')}
          />
          <div className="save-row">
            <Button type="submit" className="btn btn-primary" off={password === ''}>
              {i18n.t('Download')}
            </Button>
            <button type="button" className="btn btn-quiet" onClick={() => setState({ status: 'closed' })}>
              {i18n.t('Cancel')}
            </button>
          </div>
        </form>
      )}
      {state.status === 'fetching' && <Fetching got={state.got} onCancel={() => giveUp.current?.abort()} />}
      {state.status === 'done' && (
        <p className="form-text" role="status">
          {state.elsewhere
            ? i18n.t('Your browser fetches it now, and shows how far it is.')
            : i18n.t('It is with your downloads.')}
        </p>
      )}
    </>
  );
}

function Fetching({ got, onCancel }: { got: number; onCancel: () => void }) {
  return (
    <div className="save-row">
      <progress className="data-progress" aria-label={i18n.t('Download my data')} />
      <span>
        {i18n.t('Gathering…')} {got > 0 && <bdi>{sizeWords(got)}</bdi>}
      </span>
      <button type="button" className="btn btn-quiet" onClick={onCancel}>
        {i18n.t('Cancel')}
      </button>
    </div>
  );
}
