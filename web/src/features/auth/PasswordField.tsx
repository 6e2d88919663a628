import { i18n } from '@lingui/core';
import { useState } from 'react';
import { Field } from '@/components/Field';
import { Icon } from '@/components/Icon';

interface Props {
  label: string;
  value: string;
  autoComplete: 'current-password' | 'new-password';
  onChange: (value: string) => void;
  error?: string | undefined;
  hint?: string;
  autoFocusInDialog?: boolean;
}

/** A password that can be looked at. */
export function PasswordField({ label, value, autoComplete, onChange, error, hint, autoFocusInDialog = false }: Props) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      label={label}
      type={shown ? 'text' : 'password'}
      name="password"
      value={value}
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
      required
      error={error}
      {...(hint === undefined ? {} : { hint })}
      {...(autoFocusInDialog ? { 'data-autofocus': '' } : {})}
      onChange={(event) => onChange(event.target.value)}
      end={
        <button
          type="button"
          className="btn-icon field-end"
          aria-label={shown ? i18n.t('Hide password') : i18n.t('Show password')}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          <Icon name={shown ? 'eye_off' : 'eye'} />
        </button>
      }
    />
  );
}
