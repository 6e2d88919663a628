import { i18n } from '@lingui/core';
import { Icon } from '@/components/Icon';
import '@/styles/people.css';

/** In place of a message of somebody I block. It holds the message's place in the log. */
export function FoldedMessage(props: { row_key: string; seq: number | undefined; onShow: () => void }) {
  return (
    <div className="folded" data-key={props.row_key} data-msg-seq={props.seq}>
      <Icon name="eye_off" size={15} />
      <span>{i18n.t('Message of a blocked person')}</span>
      <button type="button" className="btn-link" onClick={props.onShow}>
        {i18n.t('Show')}
      </button>
    </div>
  );
}
