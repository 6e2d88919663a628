import { i18n } from '@lingui/core';
import { Dialog } from '@/components/Dialog';
import { SkeletonRows } from '@/components/Skeleton';
import { useChat, useStore } from '@/state/context';
import { StatusForm } from './StatusForm';
import '@/styles/people.css';
import '@/styles/settings.css';

/** My status, from the account menu: the form alone, closed when it is done. */
export function SetStatus({ onClose }: { onClose: () => void }) {
  const me = useStore(useChat().account.me);
  return (
    <Dialog title={i18n.t('Set a status')} onClose={onClose}>
      {me === undefined ? <SkeletonRows count={3} /> : <StatusForm me={me} onDone={onClose} />}
    </Dialog>
  );
}
