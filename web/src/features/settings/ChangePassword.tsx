import { i18n } from '@lingui/core';
import { type FormEvent, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { useChat } from '@/state/context';
import { PasswordField } from '../auth/PasswordField';

export function ChangePassword({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [error, setError] = useState<ApiError>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await chat.api.call('POST /auth/password', { body: { current, new: next } });
      setDone(true);
    } catch (cause) {
      setError(cause instanceof ApiError ? cause : new ApiError('internal', 'Something went wrong. Try again.'));
    } finally {
      setBusy(false);
    }
  };
  if (done) {
    return (
      <Dialog title={i18n.t('Password changed')} onClose={onClose}>
        <p>
          {i18n.t(
            'Your other devices have been logged out. Access tokens and bots go on; they are ended in the settings.',
          )}
        </p>
        <div className="sheet-foot">
          <button type="button" className="btn btn-primary" onClick={onClose} data-autofocus>
            {i18n.t('Done')}
          </button>
        </div>
      </Dialog>
    );
  }
  const of_current = error?.code === 'bad_credentials';
  return (
    <Dialog title={i18n.t('Change password')} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <PasswordField
          label={i18n.t('Password now')}
          value={current}
          autoComplete="current-password"
          onChange={setCurrent}
          error={of_current ? i18n.t('This is not your password.') : undefined}
          autoFocusInDialog
        />
        <PasswordField
          label={i18n.t('New password')}
          value={next}
          autoComplete="new-password"
          onChange={setNext}
          hint={i18n.t('At least 8 characters.')}
          error={of_current ? undefined : error?.message}
        />
        <div className="sheet-foot">
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {i18n.t('Cancel')}
          </button>
          <Button type="submit" className="btn btn-primary" off={busy || current === '' || next === ''}>
            {i18n.t('Change')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
