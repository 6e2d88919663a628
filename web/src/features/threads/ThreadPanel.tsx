import { i18n } from '@lingui/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import type { OutboxFile } from '@/client/outbox_store';
import { ThreadLog } from '@/client/thread_log';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { usePanel } from '@/components/usePanel';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomLabel } from '@/state/names';
import { say } from '@/state/notice';
import { Composer, type ComposerHandle } from '../composer/Composer';
import { ClosedNote } from '../rooms/ClosedNote';
import { useClosed } from '../rooms/useClosed';
import { QuoteBar } from '../timeline/Quote';
import { ThreadTimeline, type ThreadTimelineHandle } from './ThreadTimeline';

interface Props {
  room: Room;
  root: number;
  onClose: () => void;
  /** Shows a message in the room's own timeline. */
  onJump: (seq: number) => void;
}

/** One thread beside its room: the message it hangs from, what was replied, and where to reply. */
export function ThreadPanel({ room, root, onClose, onJump }: Props) {
  const chat = useChat();
  const { threads } = chat.conversation;
  const log = useMemo(() => new ThreadLog(threads.source(room.id, root)), [threads, room.id, root]);
  const view = useStore(log.view);
  const [quote, setQuote] = useState<Event>();
  const timeline = useRef<ThreadTimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const closed = useClosed(room, 'reply');
  const panel = useRef<HTMLElement>(null);
  usePanel(panel, onClose);
  const was_closed = useRef(false);
  if (closed !== undefined) was_closed.current = true;
  const missing = view.status === 'failed' && view.code === 'message_not_found';
  useEffect(() => {
    void log.open();
    return () => log.close();
  }, [log]);
  const send = (body: string, files?: readonly OutboxFile[]): void => {
    chat.send(room.id, body, {
      thread: root,
      ...(quote === undefined ? {} : { quote: quote.seq }),
      ...(files === undefined ? {} : { files }),
    });
    setQuote(undefined);
  };
  return (
    <aside ref={panel} className="panel panel-thread" aria-label={i18n.t('Thread')}>
      <header className="top">
        <h2>{i18n.t('Thread')}</h2>
        <p>
          <bdi>{roomLabel(room)}</bdi>
        </p>
        <div className="top-tools">
          {view.thread !== undefined && <FollowBell log={log} room={room.id} root={root} on={view.thread.following} />}
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Close the thread')}
            title={i18n.t('Close')}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
      </header>
      {view.status === 'failed' ? (
        <Empty title={missing ? i18n.t('There is no such message.') : i18n.t('The thread could not be loaded.')}>
          <button type="button" className="btn btn-quiet" onClick={() => void log.open()}>
            {i18n.t('Try again')}
          </button>
        </Empty>
      ) : view.thread === undefined ? (
        <SkeletonRows count={4} tall />
      ) : (
        <ThreadTimeline
          ref={timeline}
          room={room}
          log={log}
          view={view}
          thread={view.thread}
          onReply={(event) => {
            setQuote(event);
            composer.current?.focus();
          }}
          onJump={onJump}
          onWrite={() => composer.current?.focus()}
        />
      )}
      {closed !== undefined ? (
        <ClosedNote closed={closed} />
      ) : (
        !missing && (
          <Composer
            ref={composer}
            room={room}
            draft={`${room.id}/t/${root}`}
            thread={root}
            returned={was_closed.current}
            label={i18n.t('Reply in the thread')}
            hint={i18n.t('Reply…')}
            send={send}
            place={{ thread: root, ...(quote === undefined ? {} : { quote: quote.seq }) }}
            onKept={() => setQuote(undefined)}
            onSent={() => timeline.current?.toEnd()}
            onUp={() => timeline.current?.editLast()}
            onEscape={quote === undefined ? undefined : () => setQuote(undefined)}
            above={quote === undefined ? undefined : <QuoteBar message={quote} onClose={() => setQuote(undefined)} />}
          />
        )
      )}
    </aside>
  );
}

/** Whether replies of the thread are told to me. */
function FollowBell({ log, room, root, on }: { log: ThreadLog; room: string; root: number; on: boolean }) {
  const chat = useChat();
  const turn = async (): Promise<void> => {
    log.setFollowing(!on);
    try {
      await chat.conversation.threads.follow(room, root, !on);
    } catch (cause) {
      log.setFollowing(on);
      say(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
    }
  };
  const words = on ? i18n.t('Follow no more') : i18n.t('Follow this thread');
  return (
    <button
      type="button"
      className={on ? 'btn-icon is-on' : 'btn-icon'}
      aria-pressed={on}
      aria-label={i18n.t('Follow this thread')}
      title={words}
      onClick={() => void turn()}
    >
      <Icon name={on ? 'bell' : 'bell_off'} />
    </button>
  );
}
