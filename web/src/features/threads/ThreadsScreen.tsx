import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { excerpt } from '@/lib/text';
import { ago, fullTime } from '@/lib/time';
import type { Event, Thread } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomLabel } from '@/state/names';
import { useLatest } from '../inbox/useLatest';
import { useBlocks } from '../people/Author';
import { PersonAvatar } from '../people/Signs';
import { BackLink } from '../rooms/BackLink';
import { lineOf } from '../timeline/forward';

/** The threads that I follow, the one with the newest reply first. */
export function ThreadsScreen() {
  const chat = useChat();
  const { threads } = chat.conversation;
  const view = useStore(threads.view);
  useEffect(() => void threads.refresh(), [threads]);
  const shown = view.threads.filter((thread) => thread.following);
  return (
    <main className="main">
      <header className="top top-list">
        <BackLink />
        <h1>{i18n.t('Threads')}</h1>
      </header>
      <div className="threads">
        {view.status === 'loading' && <SkeletonRows count={5} tall />}
        {view.status === 'failed' && (
          <Empty title={i18n.t('The threads could not be loaded.')}>
            <button type="button" className="btn btn-quiet" onClick={() => void threads.refresh()}>
              {i18n.t('Try again')}
            </button>
          </Empty>
        )}
        {view.status === 'ready' && shown.length === 0 && (
          <Empty icon="thread" title={i18n.t('No threads so far.')}>
            <p>{i18n.t('Reply to a message in a thread, or get a reply to one of yours: you will find it here.')}</p>
          </Empty>
        )}
        {shown.map((thread) => (
          <ThreadCard key={`${thread.room}.${thread.root.seq}`} thread={thread} />
        ))}
        {view.status === 'ready' && !view.complete && (
          <Button
            type="button"
            className="btn btn-quiet threads-more"
            off={view.older === 'loading'}
            onClick={() => void threads.loadOlder()}
          >
            {view.older === 'failed' ? i18n.t('Could not load more. Try again') : i18n.t('Older threads')}
          </Button>
        )}
      </div>
    </main>
  );
}

function ThreadCard({ thread }: { thread: Thread }) {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const room = useStore(chat.list.rooms).get(thread.room);
  const { root, unread } = thread;
  const card = useRef<HTMLAnchorElement>(null);
  const { lines } = useLatest(thread.room, root.seq, useSeen(card));
  useEffect(() => chat.people.need([root.sender]), [chat, root.sender]);
  const name = nameOf(users.get(root.sender));
  const { deleted, last_reply, replies = 0 } = root.state ?? {};
  const last = lines.at(-1);
  const answered = [...new Set(lines.map((line) => line.sender))];
  return (
    <Link
      ref={card}
      href={paths.thread(thread.room, root.seq)}
      className={`thread-card thread-framed${unread > 0 ? ' is-unread' : ''}`}
    >
      <PersonAvatar id={root.sender} name={name} />
      <span className="thread-card-main">
        <span className="thread-card-who">
          <bdi className="msg-name">{name}</bdi>
          <bdi className="thread-card-room">{room === undefined ? '' : roomLabel(room)}</bdi>
          {unread > 0 && (
            <span className="badge-count">
              {unread > 99 ? (
                <Trans id="99+<0> unread</0>" components={{ 0: <span className="visually-hidden" /> }} />
              ) : (
                <Trans
                  id="{count, plural, one {#<0> unread</0>} other {#<0> unread</0>}}"
                  values={{ count: unread }}
                  components={{ 0: <span className="visually-hidden" /> }}
                />
              )}
            </span>
          )}
        </span>
        <span className="thread-card-text" dir="auto">
          {deleted === true ? i18n.t('This message was deleted.') : excerpt(lineOf(root))}
        </span>
        <span className="thread-card-meta">
          {answered.length > 0 && (
            <span className="thread-faces" aria-hidden="true">
              {answered.map((id) => (
                <PersonAvatar key={id} id={id} name={nameOf(users.get(id))} size="s" />
              ))}
            </span>
          )}
          <span className="thread-count">
            {i18n.t('{count, plural, one {# reply} other {# replies}}', { count: replies })}
          </span>
          {last === undefined ? <span className="thread-card-last" /> : <LastReply reply={last} />}
          {last_reply !== undefined && <time title={fullTime(last_reply)}>{ago(last_reply, Date.now())}</time>}
        </span>
      </span>
    </Link>
  );
}

/** What was answered last, in one line, and by whom. */
function LastReply({ reply }: { reply: Event }) {
  const name = nameOf(useStore(useChat().people.users).get(reply.sender));
  const blocked = useBlocks(reply.sender);
  const words = reply.state?.deleted === true ? i18n.t('This message was deleted.') : excerpt(lineOf(reply));
  return (
    <span className="thread-card-last">
      {blocked ? (
        i18n.t('A message of somebody you block.')
      ) : (
        <>
          <bdi className="thread-card-by">{name}</bdi> <bdi>{words}</bdi>
        </>
      )}
    </span>
  );
}

/** Whether it has been in sight: what is far down a list is not asked for. */
function useSeen(card: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (card.current === null) return;
    const observer = new IntersectionObserver((all) => all.some((one) => one.isIntersecting) && setSeen(true));
    observer.observe(card.current);
    return () => observer.disconnect();
  }, [card]);
  return seen;
}
