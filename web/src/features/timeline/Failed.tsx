import { i18n, type MessageDescriptor } from '@lingui/core';
import { Icon } from '@/components/Icon';
import type { MessageActions } from './actions';

const WHY: Record<string, MessageDescriptor> = {
  not_member: /*i18n*/ { id: 'You are not in this room any more.' },
  room_not_found: /*i18n*/ { id: 'This room is gone.' },
  forbidden: /*i18n*/ { id: 'You may not write here.' },
  too_large: /*i18n*/ { id: 'It is too long.' },
  message_not_found: /*i18n*/ { id: 'What it answers is not there.' },
  blocked: /*i18n*/ { id: 'This person does not take messages from you.' },
  muted: /*i18n*/ { id: 'You are muted here for now.' },
  slow_mode: /*i18n*/ { id: 'Wait a little between two messages here.' },
  archived: /*i18n*/ { id: 'This room is archived.' },
  refused: /*i18n*/ { id: 'The server refused it.' },
  file_unknown: /*i18n*/ { id: 'A file is with the server no more. Retry sends it again.' },
  file_lost: /*i18n*/ { id: 'A file is not on this device any more. Attach it again.' },
  file_too_large: /*i18n*/ { id: 'A file is larger than this server takes.' },
  quota_exceeded: /*i18n*/ { id: 'These files would take more space than you or this room have.' },
  too_many_uploads: /*i18n*/ { id: 'Too many of your files are on their way.' },
};

/** Why a message of mine was not sent, and what can be done. */
export function Failed({ cmid, code, actions }: { cmid: string; code: string | undefined; actions: MessageActions }) {
  const reason = i18n.t(WHY[code ?? ''] ?? /*i18n*/ { id: 'Try again.' });
  return (
    <div className="msg-retry" role="alert">
      <Icon name="alert" size={15} />
      <span>{i18n.t('Not sent. {reason}', { reason })}</span>
      <span className="msg-retry-ways">
        <button type="button" className="btn-link" onClick={() => actions.retry(cmid)}>
          {i18n.t('Retry')}
        </button>
        <button type="button" className="btn-link btn-link-quiet" onClick={() => actions.discard(cmid)}>
          {i18n.t('Delete')}
        </button>
      </span>
    </div>
  );
}
