import { useState } from 'react';
import { Link } from 'wouter';
import { Dialog } from '@/components/Dialog';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { ago, fullTime } from '@/lib/time';
import type { Report, Rest } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { PersonAvatar } from '../people/Signs';
import { reasonName } from '../reports/reasons';
import { useSaving } from '../settings/useSaving';

type Settlement = Rest['POST /rooms/{room}/messages/{seq}/settle']['body']['settlement'];

interface Way {
  how: Settlement;
  name: string;
  says: string;
}

const WAYS: Way[] = [
  { how: 'delete', name: 'Delete the message', says: 'Its text and reactions go, for everyone.' },
  {
    how: 'remove',
    name: 'Delete, and remove the sender',
    says: 'The sender goes out of the room, and may come in again.',
  },
  { how: 'ban', name: 'Delete, and ban the sender', says: 'The sender goes out of the room, and stays out.' },
  {
    how: 'disable',
    name: 'Delete, and disable the account',
    says: 'The sender is logged out everywhere, within seconds, and cannot log in.',
  },
];

const DONE: Record<Settlement, string> = {
  dismiss: 'Left as it is',
  delete: 'Deleted',
  remove: 'Deleted, and the sender removed',
  ban: 'Deleted, and the sender banned',
  disable: 'Deleted, and the account disabled',
};

/** One report: the message as it was, who reported it and why, and what can be done. */
export function ReportCard(props: { report: Report; admin: boolean; onSettled: () => void }) {
  const { report, admin, onSettled } = props;
  const { sender, reporter } = report;
  const [asking, setAsking] = useState(false);
  const settling = useSettling(report, () => {
    setAsking(false);
    onSettled();
  });
  const now = Date.now();
  return (
    <article className="report" aria-label={`Report by ${reporter.display_name}`}>
      <header className="report-head">
        <span className="report-reason">{reasonName(report.reason)}</span>
        <span>
          reported by <bdi className="report-name">{reporter.display_name}</bdi>{' '}
          <time title={fullTime(report.at)}>{ago(report.at, now)}</time>
        </span>
        <RoomOf report={report} />
      </header>
      {report.words !== '' && <p className="report-words">“{report.words}”</p>}
      <div className="report-message">
        <PersonAvatar id={sender.id} name={sender.display_name} size="s" />
        <div className="report-said">
          <p className="report-who">
            <bdi className="report-name">{sender.display_name}</bdi> <small>@{sender.username}</small>{' '}
            {report.sent_at !== undefined && <time title={fullTime(report.sent_at)}>{ago(report.sent_at, now)}</time>}
          </p>
          <p className="report-text">{report.body}</p>
          {report.deleted === true && (
            <p className="form-text">The message is deleted; this is the copy of the report.</p>
          )}
        </div>
      </div>
      {report.settlement !== undefined ? (
        <p className="report-done">
          <Icon name="check" size={16} />
          {DONE[report.settlement]}, by <bdi className="report-name">{report.settled_by?.display_name}</bdi>{' '}
          {report.settled_at !== undefined && ago(report.settled_at, now)}
        </p>
      ) : (
        <footer className="report-foot">
          {report.inside === true && (
            <Link href={paths.message(report.room, report.seq)} className="btn btn-quiet">
              Show in the room
            </Link>
          )}
          <button
            type="button"
            className="btn btn-quiet"
            disabled={settling.busy}
            onClick={() => settling.settle('dismiss')}
          >
            Dismiss
          </button>
          <button type="button" className="btn btn-primary" disabled={settling.busy} onClick={() => setAsking(true)}>
            Act…
          </button>
        </footer>
      )}
      {settling.error !== undefined && !asking && (
        <p className="field-error" role="alert">
          {settling.error}
        </p>
      )}
      {asking && <Ask report={report} admin={admin} settling={settling} onClose={() => setAsking(false)} />}
    </article>
  );
}

function RoomOf({ report }: { report: Report }) {
  if (report.kind === 'dm') return <span className="report-room">in a direct message</span>;
  return (
    <span className="report-room">
      in <Icon name={report.kind === 'public' ? 'hash' : 'lock'} size={14} />
      <bdi>{report.name === '' ? 'a group' : report.name}</bdi>
    </span>
  );
}

function Ask(props: { report: Report; admin: boolean; settling: ReturnType<typeof useSettling>; onClose: () => void }) {
  const { report, admin, settling, onClose } = props;
  const [how, setHow] = useState<Settlement>('delete');
  const ways = WAYS.filter(
    (way) =>
      (way.how !== 'disable' || admin) && (report.kind !== 'dm' || way.how === 'delete' || way.how === 'disable'),
  );
  return (
    <Dialog title="What is to be done?" onClose={onClose}>
      <div className="choices" role="radiogroup" aria-label="What is to be done">
        {ways.map((way) => (
          <label className="choice" key={way.how}>
            <input type="radio" name="how" checked={how === way.how} onChange={() => setHow(way.how)} />
            <span>
              <b>{way.name}</b>
              <small>{way.says}</small>
            </span>
          </label>
        ))}
      </div>
      {settling.error !== undefined && (
        <p className="field-error" role="alert">
          {settling.error}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="btn btn-danger" disabled={settling.busy} onClick={() => settling.settle(how)}>
          Do it
        </button>
      </div>
    </Dialog>
  );
}

/** An account is disabled before the report is settled so: that is another part of the server, which the report believes. */
function useSettling(report: Report, onDone: () => void) {
  const { api } = useChat();
  const saving = useSaving();
  const settle = (settlement: Settlement): void =>
    saving.save(async () => {
      const user = report.sender.id;
      if (settlement === 'disable') {
        await api.call('PATCH /admin/users/{user}', { params: { user }, body: { disabled: true } });
      }
      await api.call('POST /rooms/{room}/messages/{seq}/settle', {
        params: { room: report.room, seq: report.seq },
        body: { user, settlement },
      });
      onDone();
    });
  return { settle, busy: saving.busy, error: saving.error?.message };
}
