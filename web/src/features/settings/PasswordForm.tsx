import { i18n } from '@lingui/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { useChat } from '@/state/context';
import { PasswordField } from '../auth/PasswordField';

export const passwordChanged = (): string =>
  i18n.t('Your other devices have been logged out. Access tokens and bots go on; they are ended in the settings.');

interface Props {
  onChanged: () => void;
  /** It is all that a dialog has, whose focus it takes. */
  inDialog?: boolean;
  /** Beside the button that changes it. */
  children?: ReactNode;
}

/** The password of now, and the one to come. */
export function PasswordForm({ onChanged, inDialog = false, children }: Props) {
  const chat = useChat();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await chat.api.call('POST /auth/password', { body: { current, new: next } });
      setCurrent('');
      setNext('');
      onChanged();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause : new ApiError('internal', 'Something went wrong. Try again.'));
    } finally {
      setBusy(false);
    }
  };
  const of_current = error?.code === 'bad_credentials';
  return (
    <form onSubmit={(event) => void submit(event)}>
      <PasswordField
        label={i18n.t('Password now')}
        value={current}
        autoComplete="current-password"
        onChange={setCurrent}
        error={of_current ? i18n.t('This is not your password.') : undefined}
        autoFocusInDialog={inDialog}
      />
      <PasswordField
        label={i18n.t('New password')}
        value={next}
        autoComplete="new-password"
        onChange={setNext}
        hint={i18n.t('At least 8 characters.')}
        error={of_current ? undefined : error?.message}
      />
      <div className={inDialog ? 'sheet-foot' : 'save-row'}>
        {children}
        <Button type="submit" className="btn btn-primary" off={busy || current === '' || next === ''}>
          {i18n.t('Change')}
        </Button>
      </div>
    </form>
  );
}
