import { i18n } from '@lingui/core';
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ThreadLog, ThreadView } from '@/client/thread_log';
import { SkeletonRows } from '@/components/Skeleton';
import { dayKey, dayName } from '@/lib/time';
import type { Event, Room, Thread } from '@/protocol/ops.gen';
import { attention } from '@/state/attention';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { MessageItem } from '../timeline/MessageItem';
import { buildRows, type MessageRow, type Row } from '../timeline/rows';
import { ScrollKeeper } from '../timeline/ScrollKeeper';
import { editLast, eventOf, flash } from '../timeline/Timeline';
import { useActiveRow } from '../timeline/useActiveRow';
import { useMessageUi } from '../timeline/useMessageUi';
import { useNow } from '../timeline/useNow';
import { ViewPlace } from '../timeline/viewPlace';

const FETCH_AHEAD_PX = 500;
const ROOT_KEY = 'root';

export interface ThreadTimelineHandle {
  toEnd: () => void;
  editLast: () => void;
}

interface Props {
  room: Room;
  log: ThreadLog;
  view: ThreadView;
  thread: Thread;
  onReply: (event: Event) => void;
  onJump: (seq: number) => void;
  onWrite: () => void;
  ref?: Ref<ThreadTimelineHandle>;
}

/** The root of a thread and its replies. Begins at what is unread, follows what comes while the reader is at the end. */
export function ThreadTimeline({ room, log, view, thread, onReply, onJump, onWrite, ref }: Props) {
  const chat = useChat();
  const { acts, threads } = chat.conversation;
  const users = useStore(chat.people.users);
  const entries = useStore(chat.outbox.entries);
  const done = useStore(acts.done);
  const attentive = useStore(attention);
  const now = useNow();
  const [divider] = useState(() => (thread.unread > 0 ? thread.read_seq : undefined));
  const scroller = useRef<HTMLDivElement>(null);
  const [place] = useState(() => new ViewPlace());
  const root_seq = thread.root.seq;

  const root = acts.shown(thread.root, done);
  const rows = useMemo(
    () =>
      buildRows({
        said: 'reply',
        events: done.size === 0 ? view.replies : view.replies.map((reply) => acts.shown(reply, done)),
        ahead: [],
        local: entries.filter((entry) => entry.room === room.id && entry.thread === root_seq),
        me: chat.me.id,
        delivered_to: room.delivered_to,
        read_to: room.read_to,
        divider,
      }),
    [chat, acts, view.replies, entries, done, room.id, room.delivered_to, room.read_to, root_seq, divider],
  );
  useEffect(
    () => chat.people.need([thread.root.sender, ...view.replies.map((reply) => reply.sender)]),
    [chat, thread.root.sender, view.replies],
  );

  const look = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    place.keep(box);
    if (box.clientHeight === 0) return;
    if (box.scrollTop < FETCH_AHEAD_PX) void log.loadOlder();
    const last = log.view.get().replies.at(-1);
    if (!place.pinned || !attention.get() || last === undefined) return;
    threads.read(room.id, root_seq, last.seq);
  }, [log, place, room.id, root_seq, threads]);

  const toEnd = useCallback(() => {
    if (scroller.current !== null) place.toEnd(scroller.current);
  }, [place]);

  useLayoutEffect(() => {
    const box = scroller.current;
    const first_new = box?.querySelector<HTMLElement>('.divider-new');
    if (box === null) return;
    box.scrollTop = first_new == null ? box.scrollHeight : first_new.offsetTop - box.clientHeight * 0.2;
    place.stand(box);
  }, [place]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows and attention are what makes another look due.
  useEffect(look, [look, rows, attentive]);

  const jump = (seq: number): void => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-msg-seq="${seq}"]`);
    if (row == null) onJump(seq);
    else flash(row);
  };
  const { actions, editing, layers } = useMessageUi(room, { reply: onReply, thread: undefined, jump, focus: onWrite });
  const { active, surface } = useActiveRow((key) => (key === ROOT_KEY ? root : eventOf(rows, key)), actions);
  useImperativeHandle(ref, () => ({ toEnd, editLast: () => editLast(rows, chat.me.id, actions) }));

  const item = (row: Omit<MessageRow, 'kind'>) => (
    <MessageItem
      key={row.key}
      row_key={row.key}
      room={room.id}
      me={chat.me.id}
      sender={row.sender}
      name={nameOf(users.get(row.sender))}
      body={row.body}
      ts={row.ts}
      seq={row.seq}
      state={row.state}
      cmid={row.cmid}
      code={row.code}
      files={row.files}
      head={row.head}
      ticked={false}
      one_reader={room.kind === 'dm'}
      target={false}
      event={row.event}
      quote={row.quote}
      repliers={undefined}
      editing={row.seq !== undefined && row.seq === editing}
      actions={actions}
      active={active}
    />
  );
  const draw = (row: Row) => {
    switch (row.kind) {
      case 'day':
        return dayKey(row.ts) === dayKey(root.ts) ? null : (
          <p className="thread-day" key={row.key}>
            {dayName(row.ts, now)}
          </p>
        );
      case 'new':
        return (
          // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot hold its word.
          <div className="divider-new" key={row.key} role="separator" aria-label={i18n.t('New replies')}>
            <span>
              {i18n.t({
                id: 'new (divider)',
                message: 'New',
                comment: 'Stands above the first message that was not read yet',
              })}
            </span>
          </div>
        );
      case 'message':
        return item(row);
      default:
        return null;
    }
  };
  const { sender, body, ts, seq } = root;
  return (
    <div className="timeline-frame">
      <div
        className="timeline thread"
        ref={scroller}
        onScroll={look}
        role="log"
        aria-live="off"
        aria-label={i18n.t('Replies')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it to do so.
        tabIndex={0}
        {...surface}
      >
        <ScrollKeeper place={place} at_end className="thread-rows" onLayout={look}>
          {item({ key: ROOT_KEY, sender, body, ts, seq, event: root, state: 'sent', head: true })}
          <p className="thread-rule">
            <span>
              {i18n.t('{count, plural, one {# reply} other {# replies}}', { count: root.state?.replies ?? 0 })}
            </span>
          </p>
          {!view.at_start && (
            <div className="edge">
              {view.older === 'failed' ? (
                <button type="button" className="btn-link" onClick={() => void log.loadOlder()}>
                  {i18n.t('Could not load more. Try again')}
                </button>
              ) : (
                <SkeletonRows count={1} tall />
              )}
            </div>
          )}
          {rows.map(draw)}
        </ScrollKeeper>
      </div>
      {layers}
    </div>
  );
}
