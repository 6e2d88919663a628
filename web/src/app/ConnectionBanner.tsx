import { i18n } from '@lingui/core';
import { useEffect } from 'react';
import { Icon } from '@/components/Icon';
import { useConnection } from '@/state/connection';
import { useChat, useStore } from '@/state/context';

/** Says that the line is down, and that nothing is lost by it. */
export function ConnectionBanner() {
  const chat = useChat();
  const { status } = useConnection();
  const entries = useStore(chat.outbox.entries);
  const waiting = entries.filter((entry) => entry.state === 'pending').length;
  const unkept = useStore(chat.outbox.unkept);
  useEffect(() => {
    if (unkept === 0) return;
    // The browser's own question; its words cannot be chosen.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [unkept]);
  return (
    <div className="banner-place" role="status">
      {status === 'lost' && (
        <div className="banner">
          <span className="spinner" aria-hidden="true" />
          <span>
            {i18n.t('Reconnecting…')}
            {waiting > 0 &&
              ` ${i18n.t('{count, plural, one {Your message goes out as soon as the line is back.} other {Your # messages go out as soon as the line is back.}}', { count: waiting })}`}
            {unkept > 0 && i18n.t(' This browser cannot save what is not sent: keep this page open until then.')}
          </span>
          <button type="button" className="btn-link" onClick={() => chat.socket.nudge()}>
            {i18n.t('Try now')}
          </button>
        </div>
      )}
      {status === 'online' && unkept > 0 && entries.length > waiting && (
        <div className="banner">
          <Icon name="info" size={16} />
          <span>{i18n.t('This browser cannot save what is not sent: it is gone when you close this page.')}</span>
        </div>
      )}
      {status === 'outdated' && (
        <div className="banner">
          <Icon name="info" size={16} />
          <span>{i18n.t('There is a newer Parley.')}</span>
          <button type="button" className="btn-link" onClick={() => location.reload()}>
            {i18n.t('Load it')}
          </button>
        </div>
      )}
    </div>
  );
}
