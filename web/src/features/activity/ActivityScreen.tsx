import { i18n, type MessageDescriptor } from '@lingui/core';
import { Trans } from '@lingui/react';
import './activity.css';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { type Activity, type ActivityItem, type ActivityKind, keyOfItem } from '@/client/activity';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { Icon, type IconName } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { excerpt } from '@/lib/text';
import { ago, fullTime } from '@/lib/time';
import { attention } from '@/state/attention';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomLabel } from '@/state/names';
import { EmojiSign } from '../custom/EmojiSign';
import { PersonAvatar } from '../people/Signs';
import { BackLink } from '../rooms/BackLink';
import { useActivity } from './useActivity';

const KINDS: readonly { kind: ActivityKind | undefined; name: MessageDescriptor; icon: IconName | undefined }[] = [
  { kind: undefined, name: /*i18n*/ { id: 'All' }, icon: undefined },
  { kind: 'mention', name: /*i18n*/ { id: 'Mentions' }, icon: 'at' },
  { kind: 'reply', name: /*i18n*/ { id: 'Replies' }, icon: 'thread' },
  { kind: 'reaction', name: /*i18n*/ { id: 'Reactions' }, icon: 'react' },
];

type Sentence = Record<'direct' | 'in_room', MessageDescriptor>;

const SENTENCES = {
  named: {
    direct: /*i18n*/ { id: '<0>{name}</0> mentioned you' },
    in_room: /*i18n*/ { id: '<0>{name}</0> mentioned you in <1>{room}</1>' },
  },
  named_in_thread: {
    direct: /*i18n*/ { id: '<0>{name}</0> mentioned you in a thread' },
    in_room: /*i18n*/ { id: '<0>{name}</0> mentioned you in a thread in <1>{room}</1>' },
  },
  called: {
    direct: /*i18n*/ { id: '<0>{name}</0> called everyone' },
    in_room: /*i18n*/ { id: '<0>{name}</0> called everyone in <1>{room}</1>' },
  },
  called_in_thread: {
    direct: /*i18n*/ { id: '<0>{name}</0> called everyone in a thread' },
    in_room: /*i18n*/ { id: '<0>{name}</0> called everyone in a thread in <1>{room}</1>' },
  },
  replied: {
    direct: /*i18n*/ { id: '<0>{name}</0> replied in a thread' },
    in_room: /*i18n*/ { id: '<0>{name}</0> replied in a thread in <1>{room}</1>' },
  },
  reacted: {
    direct: /*i18n*/ { id: '<0>{name}</0> reacted to your message' },
    in_room: /*i18n*/ { id: '<0>{name}</0> reacted to your message in <1>{room}</1>' },
  },
} satisfies Record<string, Sentence>;

/** What concerns me, the newest first. */
export function ActivityScreen() {
  const activity = useActivity();
  const [kind, setKind] = useState<ActivityKind>();
  return (
    <main className="main">
      <header className="top top-list">
        <BackLink />
        <h1>{i18n.t('Activity')}</h1>
      </header>
      <div className="threads activity">
        <fieldset className="list-parts" aria-label={i18n.t('What is shown')}>
          {KINDS.map((one) => (
            <button
              type="button"
              key={one.name.id}
              className={one.kind === kind ? 'list-part is-on' : 'list-part'}
              aria-pressed={one.kind === kind}
              onClick={() => setKind(one.kind)}
            >
              {one.icon !== undefined && <Icon name={one.icon} size={15} />}
              {i18n.t(one.name)}
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
        <Empty title={i18n.t('The activity could not be loaded.')}>
          <p>{view.why}</p>
          <button type="button" className="btn btn-quiet" onClick={() => void list.refresh()}>
            {i18n.t('Try again')}
          </button>
        </Empty>
      )}
      {view.status === 'ready' && view.items.length === 0 && (
        <Empty icon="activity" title={i18n.t('Nothing so far.')}>
          <p>
            {i18n.t(
              'When somebody names you, reacts to what you wrote or replies in a thread of yours, it is listed here.',
            )}
          </p>
        </Empty>
      )}
      {view.items.map((item) => (
        <Row key={keyOfItem(item)} item={item} fresh={item.ts > since} />
      ))}
      {view.next !== undefined && (
        <Button
          type="button"
          className="btn btn-quiet threads-more"
          off={view.older === 'loading'}
          onClick={() => void list.loadOlder()}
        >
          {view.older === 'failed' ? i18n.t('Could not load more. Try again') : i18n.t('Older activity')}
        </Button>
      )}
    </div>
  );
}

function Row({ item, fresh }: { item: ActivityItem; fresh: boolean }) {
  const chat = useChat();
  const name = nameOf(useStore(chat.people.users).get(item.by));
  const room = useStore(chat.list.rooms).get(item.room);
  const direct = room?.kind === 'dm';
  const label = room === undefined ? '' : roomLabel(room);
  const to = item.root === undefined ? paths.message(item.room, item.seq) : paths.thread(item.room, item.root);
  return (
    <Link href={to} className={fresh ? 'thread-card is-fresh' : 'thread-card'}>
      <span className="activity-who">
        <PersonAvatar id={item.by} name={name} />
        <span className="activity-sign">
          {item.kind === 'reaction' ? <EmojiSign emoji={item.emoji ?? '★'} /> : <Icon name={iconOf(item)} size={12} />}
        </span>
      </span>
      <span className="thread-card-main">
        <span className="activity-head">
          <span className="activity-what">
            <Trans
              id={wordsOf(item)[direct ? 'direct' : 'in_room'].id}
              values={{ name, room: label }}
              components={{ 0: <bdi className="msg-name" />, 1: <bdi /> }}
            />
          </span>
          <time className="msg-time" dateTime={new Date(item.ts).toISOString()} title={fullTime(item.ts)}>
            {ago(item.ts, Date.now())}
          </time>
        </span>
        <span className="thread-card-text" dir="auto">
          {item.text === '' ? i18n.t('This message was deleted.') : excerpt(item.text)}
        </span>
      </span>
      {fresh && (
        <span className="activity-new">
          <span className="visually-hidden">{i18n.t('new')}</span>
        </span>
      )}
    </Link>
  );
}

function iconOf(item: ActivityItem): IconName {
  return item.kind === 'mention' ? 'at' : 'thread';
}

function wordsOf(item: ActivityItem): Sentence {
  if (item.kind === 'reply') return SENTENCES.replied;
  if (item.kind !== 'mention') return SENTENCES.reacted;
  if (item.root === undefined) return item.all === true ? SENTENCES.called : SENTENCES.named;
  return item.all === true ? SENTENCES.called_in_thread : SENTENCES.named_in_thread;
}
