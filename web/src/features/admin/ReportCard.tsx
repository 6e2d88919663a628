import { i18n, type MessageDescriptor } from '@lingui/core';
import { Trans } from '@lingui/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
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
  name: MessageDescriptor;
  says: MessageDescriptor;
}

const WAYS: Way[] = [
  {
    how: 'delete',
    name: /*i18n*/ { id: 'Delete the message' },
    says: /*i18n*/ { id: 'Its text and reactions go, for everyone.' },
  },
  {
    how: 'remove',
    name: /*i18n*/ { id: 'Delete, and remove the sender' },
    says: /*i18n*/ { id: 'The sender goes out of the room, and may come in again.' },
  },
  {
    how: 'ban',
    name: /*i18n*/ { id: 'Delete, and ban the sender' },
    says: /*i18n*/ { id: 'The sender goes out of the room, and stays out.' },
  },
  {
    how: 'disable',
    name: /*i18n*/ { id: 'Delete, and disable the account' },
    says: /*i18n*/ { id: 'The sender is logged out everywhere, within seconds, and cannot log in.' },
  },
];

const DONE: Record<Settlement, MessageDescriptor> = {
  dismiss: /*i18n*/ { id: 'Left as it is, by <0>{name}</0> {when}' },
  delete: /*i18n*/ { id: 'Deleted, by <0>{name}</0> {when}' },
  remove: /*i18n*/ { id: 'Deleted, and the sender removed, by <0>{name}</0> {when}' },
  ban: /*i18n*/ { id: 'Deleted, and the sender banned, by <0>{name}</0> {when}' },
  disable: /*i18n*/ { id: 'Deleted, and the account disabled, by <0>{name}</0> {when}' },
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
    <article className="report" aria-label={i18n.t('Report by {name}', { name: reporter.display_name })}>
      <header className="report-head">
        <span className="report-reason">{reasonName(report.reason)}</span>
        <span>
          <Trans
            id="reported by <0>{name}</0> <1>{when}</1>"
            values={{ name: reporter.display_name, when: ago(report.at, now) }}
            components={{ 0: <bdi className="report-name" />, 1: <time title={fullTime(report.at)} /> }}
          />
        </span>
        <RoomOf report={report} />
      </header>
      {report.words !== '' && <p className="report-words">{i18n.t('“{words}”', { words: report.words })}</p>}
      <div className="report-message">
        <PersonAvatar id={sender.id} name={sender.display_name} size="s" />
        <div className="report-said">
          <p className="report-who">
            <bdi className="report-name">{sender.display_name}</bdi>{' '}
            <small>
              <bdi>@{sender.username}</bdi>
            </small>{' '}
            {report.sent_at !== undefined && <time title={fullTime(report.sent_at)}>{ago(report.sent_at, now)}</time>}
          </p>
          <p className="report-text" dir="auto">
            {report.body}
          </p>
          {report.deleted === true && (
            <p className="form-text">{i18n.t('The message is deleted; this is the copy of the report.')}</p>
          )}
        </div>
      </div>
      {report.settlement !== undefined ? (
        <p className="report-done">
          <Icon name="check" size={16} />
          <Trans
            id={DONE[report.settlement].id}
            values={{
              name: report.settled_by?.display_name ?? '',
              when: report.settled_at === undefined ? '' : ago(report.settled_at, now),
            }}
            components={{ 0: <bdi className="report-name" /> }}
          />
        </p>
      ) : (
        <footer className="report-foot">
          {report.inside === true && (
            <Link href={paths.message(report.room, report.seq)} className="btn btn-quiet">
              {i18n.t('Show in the room')}
            </Link>
          )}
          <Button
            type="button"
            className="btn btn-quiet"
            off={settling.busy}
            onClick={() => settling.settle('dismiss')}
          >
            {i18n.t('Dismiss')}
          </Button>
          <Button type="button" className="btn btn-primary" off={settling.busy} onClick={() => setAsking(true)}>
            {i18n.t('Act…')}
          </Button>
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
  if (report.kind === 'dm') return <span className="report-room">{i18n.t('in a direct message')}</span>;
  return (
    <span className="report-room">
      <Trans
        id="in <0/><1>{room}</1>"
        values={{ room: report.name === '' ? i18n.t('a group') : report.name }}
        components={{ 0: <Icon name={report.kind === 'public' ? 'hash' : 'lock'} size={14} />, 1: <bdi /> }}
      />
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
    <Dialog title={i18n.t('What is to be done?')} onClose={onClose}>
      <div className="choices" role="radiogroup" aria-label={i18n.t('What is to be done')}>
        {ways.map((way) => (
          <label className="choice" key={way.how}>
            <input type="radio" name="how" checked={how === way.how} onChange={() => setHow(way.how)} />
            <span>
              <b>{i18n.t(way.name)}</b>
              <small>{i18n.t(way.says)}</small>
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
          {i18n.t('Cancel')}
        </button>
        <Button type="button" className="btn btn-danger" off={settling.busy} onClick={() => settling.settle(how)}>
          {i18n.t('Do it')}
        </Button>
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
