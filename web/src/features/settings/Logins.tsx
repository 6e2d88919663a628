import { i18n } from '@lingui/core';
import { Dialog } from '@/components/Dialog';
import { LoginList } from './LoginList';

export function Logins({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={i18n.t('Where I am logged in')} onClose={onClose}>
      <LoginList />
    </Dialog>
  );
}
