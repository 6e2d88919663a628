import { i18n } from '@lingui/core';
import { useState } from 'react';
import { LoginList } from './LoginList';
import { PasswordForm, passwordChanged } from './PasswordForm';

/** What lets me in, and where I am. */
export function LoginSettings() {
  const [changed, setChanged] = useState(0);
  return (
    <>
      <h3 className="settings-sub">{i18n.t('Change password')}</h3>
      {changed > 0 && (
        <p className="form-text" role="status">
          {i18n.t('Password changed')}. {passwordChanged()}
        </p>
      )}
      <PasswordForm onChanged={() => setChanged(changed + 1)} />
      <h3 className="settings-sub">{i18n.t('Where I am logged in')}</h3>
      {/* A new password has ended the others. */}
      <LoginList key={changed} />
    </>
  );
}
