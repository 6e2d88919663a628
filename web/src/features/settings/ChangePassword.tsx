import { i18n } from '@lingui/core';
import { useState } from 'react';
import { Dialog } from '@/components/Dialog';
import { PasswordForm, passwordChanged } from './PasswordForm';

export function ChangePassword({ onClose }: { onClose: () => void }) {
  const [done, setDone] = useState(false);
  if (done) {
    return (
      <Dialog title={i18n.t('Password changed')} onClose={onClose}>
        <p>{passwordChanged()}</p>
        <div className="sheet-foot">
          <button type="button" className="btn btn-primary" onClick={onClose} data-autofocus>
            {i18n.t('Done')}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={i18n.t('Change password')} onClose={onClose}>
      <PasswordForm onChanged={() => setDone(true)} inDialog>
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          {i18n.t('Cancel')}
        </button>
      </PasswordForm>
    </Dialog>
  );
}
