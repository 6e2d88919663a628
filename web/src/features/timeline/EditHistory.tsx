import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { ApiError } from '@/client/error';
import { Dialog } from '@/components/Dialog';
import { SkeletonRows } from '@/components/Skeleton';
import { clockTime, dayName, fullTime } from '@/lib/time';
import type { Edit, Event } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { MessageText } from './MessageText';

/** What a message said before, the newest version first. */
export function EditHistory({ event, onClose }: { event: Event; onClose: () => void }) {
  const { acts } = useChat().conversation;
  const [edits, setEdits] = useState<Edit[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let closed = false;
    acts.versions(event).then(
      (versions) => !closed && setEdits(versions),
      (cause) =>
        !closed && setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.')),
    );
    return () => {
      closed = true;
    };
  }, [acts, event]);
  return (
    <Dialog title={i18n.t('Versions of this message')} onClose={onClose}>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {edits === undefined && error === undefined && <SkeletonRows count={3} />}
      <ol className="versions" reversed>
        {edits?.toReversed().map((edit, at, all) => (
          <li key={edit.seq}>
            <p className="version-when">
              <time dateTime={new Date(edit.ts).toISOString()} title={fullTime(edit.ts)}>
                {i18n.t('{day}, {time}', { day: dayName(edit.ts, Date.now()), time: clockTime(edit.ts) })}
              </time>
              {at === 0 &&
                ` · ${i18n.t({ id: 'now (version)', message: 'now', comment: 'Of a text that was edited: as it is now' })}`}
              {at > 0 && at === all.length - 1 && ` · ${i18n.t('as first sent')}`}
            </p>
            <div className="msg-text">
              <MessageText text={edit.body} />
            </div>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
