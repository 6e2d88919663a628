import './activity.css';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { type Activity, type ActivityItem, type ActivityKind, keyOfItem } from '@/client/activity';
import { Empty } from '@/components/Empty';
import { Icon, type IconName } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { excerpt } from '@/lib/text';
import { ago, fullTime } from '@/lib/time';
import type { Room } from '@/protocol/ops.gen';
import { attention } from '@/state/attention';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomLabel } from '@/state/names';
import { EmojiSign } from '../custom/EmojiSign';
import { PersonAvatar } from '../people/Signs';
import { BackLink } from '../rooms/BackLink';
import { useActivity } from './useActivity';

const KINDS: readonly { kind: ActivityKind | undefined; name: string; icon: IconName | undefined }[] = [
  { kind: undefined, name: 'All', icon: undefined },
  { kind: 'mention', name: 'Mentions', icon: 'at' },
  { kind: 'reply', name: 'Replies', icon: 'thread' },
  { kind: 'reaction', name: 'Reactions', icon: 'react' },
];

/** What concerns me, the newest first. */
export function ActivityScreen() {
  const activity = useActivity();
  const [kind, setKind] = useState<ActivityKind>();
  return (
    <main className="main">
      <header className="top">
        <BackLink />
        <h1>Activity</h1>
      </header>
      <div className="threads activity">
        <fieldset className="list-parts" aria-label="What is shown">
          {KINDS.map((one) => (
            <button
              type="button"
              key={one.name}
              className={one.kind === kind ? 'list-part is-on' : 'list-part'}
              aria-pressed={one.kind === kind}
              onClick={() => setKind(one.kind)}
            >
              {one.icon !== undefined && <Icon name={one.icon} size={15} />}
              {one.name}
            </button>
          ))}
        </fieldset>
        {activity === undefined ? (
          <SkeletonRows count={6} tall />
        ) : (
          <Items key={kind ?? 'all'} activity={activity} kind={kind} />
        )}
      </div>
    </main>
  );
}

function Items({ activity, kind }: { activity: Activity; kind: ActivityKind | undefined }) {
  const list = useMemo(() => (kind === undefined ? activity.all : activity.list(kind)), [activity, kind]);
  const view = useStore(list.view);
  const newest = useStore(activity.all.view).items[0]?.ts ?? 0;
  const attentive = useStore(attention);
  // What is new stays marked as long as it is looked at.
  const [since] = useState(() => activity.seen.get());
  useEffect(() => {
    void list.refresh();
    if (list === activity.all) return;
    return activity.events.on('changed', () => void list.refresh());
  }, [activity, list]);
  useEffect(() => {
    if (attentive && kind === undefined) activity.see(newest);
  }, [activity, attentive, kind, newest]);
  return (
    <div aria-busy={view.status === 'loading'}>
      {view.status === 'loading' && <SkeletonRows count={6} tall />}
      {view.status === 'failed' && (
        <Empty title="The activity could not be loaded.">
          <p>{view.why}</p>
          <button type="button" className="btn btn-quiet" onClick={() => void list.refresh()}>
            Try again
          </button>
        </Empty>
      )}
      {view.status === 'ready' && view.items.length === 0 && (
        <Empty icon="activity" title="Nothing so far.">
          <p>When somebody names you, reacts to what you wrote or replies in a thread of yours, it is listed here.</p>
        </Empty>
      )}
      {view.items.map((item) => (
        <Row key={keyOfItem(item)} item={item} fresh={item.ts > since} />
      ))}
      {view.next !== undefined && (
        <button
          type="button"
          className="btn btn-quiet threads-more"
          disabled={view.older === 'loading'}
          onClick={() => void list.loadOlder()}
        >
          {view.older === 'failed' ? 'Could not load more. Try again' : 'Older activity'}
        </button>
      )}
    </div>
  );
}

function Row({ item, fresh }: { item: ActivityItem; fresh: boolean }) {
  const chat = useChat();
  const name = nameOf(useStore(chat.people.users).get(item.by));
  const room = useStore(chat.list.rooms).get(item.room);
  const to = item.root === undefined ? paths.message(item.room, item.seq) : paths.thread(item.room, item.root);
  return (
    <Link href={to} className={fresh ? 'thread-card is-fresh' : 'thread-card'}>
      <span className="activity-who">
        <PersonAvatar id={item.by} name={name} />
        <span className="activity-sign" aria-hidden="true">
          {item.kind === 'reaction' ? <EmojiSign emoji={item.emoji ?? '★'} /> : <Icon name={iconOf(item)} size={12} />}
        </span>
      </span>
      <span className="thread-card-main">
        <span className="activity-what">
          <bdi className="msg-name">{name}</bdi> <span>{wordsOf(item, room)}</span>{' '}
          <bdi className="thread-card-room">{room === undefined ? '' : roomLabel(room)}</bdi>
        </span>
        <span className="thread-card-text">{item.text === '' ? 'This message was deleted.' : excerpt(item.text)}</span>
        <time className="thread-card-meta" dateTime={new Date(item.ts).toISOString()} title={fullTime(item.ts)}>
          {ago(item.ts, Date.now())}
        </time>
      </span>
      {fresh && (
        <span className="activity-new">
          <span className="visually-hidden">new</span>
        </span>
      )}
    </Link>
  );
}

function iconOf(item: ActivityItem): IconName {
  return item.kind === 'mention' ? 'at' : 'thread';
}

function wordsOf(item: ActivityItem, room: Room | undefined): string {
  const where = room?.kind === 'dm' ? '' : ' in';
  switch (item.kind) {
    case 'mention':
      return `${item.all === true ? 'called everyone' : 'mentioned you'}${item.root === undefined ? '' : ' in a thread'}${where}`;
    case 'reply':
      return `replied in a thread${where}`;
    default:
      return `reacted with ${item.emoji ?? ''} to your message${where}`;
  }
}
