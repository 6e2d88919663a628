import { Icon } from '@/components/Icon';
import { useConnection } from '@/state/connection';
import { useChat, useStore } from '@/state/context';

/** Says that the line is down, and that nothing is lost by it. */
export function ConnectionBanner() {
  const chat = useChat();
  const { status } = useConnection();
  const waiting = useStore(chat.outbox.entries).filter((entry) => entry.state === 'pending').length;
  return (
    <div className="banner-place" role="status">
      {status === 'lost' && (
        <div className="banner">
          <span className="spinner" aria-hidden="true" />
          <span>
            Reconnecting…
            {waiting > 0 &&
              ` ${waiting === 1 ? 'Your message goes' : `Your ${waiting} messages go`} out as soon as the line is back.`}
          </span>
          <button type="button" className="btn-link" onClick={() => chat.socket.nudge()}>
            Try now
          </button>
        </div>
      )}
      {status === 'outdated' && (
        <div className="banner">
          <Icon name="info" size={16} />
          <span>There is a newer Parley.</span>
          <button type="button" className="btn-link" onClick={() => location.reload()}>
            Load it
          </button>
        </div>
      )}
    </div>
  );
}
