import { i18n } from '@lingui/core';
import { Icon } from '@/components/Icon';
import { useChat, useStore } from '@/state/context';
import { roomLabel } from '@/state/names';
import { BackLink } from '../rooms/BackLink';
import { ReportList } from './ReportList';
import '@/styles/people.css';
import './admin.css';

/** Reported messages of a room, or of all rooms that I look after, for their moderators. */
export function ReportsScreen({ room }: { room: string | undefined }) {
  const shown = useStore(useChat().list.rooms).get(room ?? '');
  return (
    <main className="main">
      <header className="top">
        <BackLink />
        <h1>
          <Icon name="flag" size={18} />
          {i18n.t('Reports')}
        </h1>
        {shown !== undefined && (
          <p>
            <bdi>{roomLabel(shown)}</bdi>
          </p>
        )}
      </header>
      <div className="screen">
        <div className="screen-body admin-body">
          <ReportList room={room} />
        </div>
      </div>
    </main>
  );
}
